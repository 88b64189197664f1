import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type { Request } from '#ipc/contract';
import {
  STANDARD_PARTS,
  TEMPLATE_FORMAT,
  type Paper,
  type Report,
  type ReportFormat,
  type ReportTemplate,
} from '#model/report';
import { ask } from '../bridge/lab.ts';
import { arranged, linesOf, partsOf, type PartLine } from '../report/parts.ts';
import { useNotices } from './notices.ts';
import { useWork } from './work.ts';

type Subject = Request<'reports.make'>['subject'];

/** The report being put together: what it is about, what it consists of, and the whole of it to look at. */
export const useReports = defineStore('reports', () => {
  const subject = shallowRef<Subject | null>(null);
  /** With every part; null while it is being made. */
  const whole = shallowRef<Report | null>(null);
  const failed = ref(false);
  const title = ref('');
  const paper = ref<Paper>('A4');
  const lines = shallowRef<readonly PartLine[]>(linesOf(STANDARD_PARTS));
  const templates = shallowRef<readonly ReportTemplate[]>([]);
  const notices = useNotices();
  const work = useWork();
  let turn = 0;

  const sections = computed(() => (whole.value === null ? [] : arranged(whole.value, lines.value)));

  /** Opens a report; what was chosen for the last one is kept. */
  async function open(next: Subject): Promise<void> {
    const own = ++turn;
    subject.value = next;
    whole.value = null;
    failed.value = false;
    title.value = '';
    try {
      const [report, kept] = await Promise.all([
        ask('reports.make', { subject: next, choice: {} }),
        ask('reports.templates', undefined),
      ]);
      if (own !== turn) return;
      whole.value = report;
      templates.value = kept;
      title.value = report.title;
    } catch (error) {
      if (own !== turn) return;
      failed.value = true;
      notices.fail('The report cannot be made', error);
    }
  }

  function close(): void {
    turn++;
    subject.value = null;
    whole.value = null;
  }

  function choice(): Request<'reports.make'>['choice'] {
    const named = title.value.trim();
    return { parts: partsOf(lines.value), ...(named === '' ? {} : { title: named }) };
  }

  async function save(format: ReportFormat): Promise<void> {
    const about = subject.value;
    if (about === null) return;
    if (partsOf(lines.value).length === 0) {
      notices.fail('The report is empty', new Error('Choose at least one part of it.'));
      return;
    }
    await work.save('Report', (operation) =>
      ask('reports.save', { operation, subject: about, choice: choice(), format, paper: paper.value }),
    );
  }

  function useTemplate(name: string): void {
    const template = templates.value.find((one) => one.name === name);
    lines.value = linesOf(template?.parts ?? STANDARD_PARTS);
  }

  async function keepTemplate(name: string): Promise<boolean> {
    try {
      await ask('reports.keepTemplate', { format: TEMPLATE_FORMAT, name, parts: partsOf(lines.value) });
      templates.value = await ask('reports.templates', undefined);
      notices.say('Template kept', name);
      return true;
    } catch (error) {
      notices.fail('The template cannot be kept', error);
      return false;
    }
  }

  async function dropTemplate(name: string): Promise<void> {
    try {
      await ask('reports.dropTemplate', name);
      templates.value = await ask('reports.templates', undefined);
    } catch (error) {
      notices.fail('The template cannot be forgotten', error);
    }
  }

  return {
    subject,
    whole,
    failed,
    title,
    paper,
    lines,
    templates,
    sections,
    open,
    close,
    save,
    useTemplate,
    keepTemplate,
    dropTemplate,
  };
});
