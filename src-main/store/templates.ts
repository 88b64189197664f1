import * as v from 'valibot';
import { InputError } from '#model/problem';
import { templateSchema, type ReportTemplate } from '#model/report';
import { validate } from '#model/validate';
import type { Db } from './database.ts';

/** Templates of reports, by name. One that a newer Faultline wrote and this one does not know is left alone. */
export function readTemplates(db: Db): ReportTemplate[] {
  const rows = db.prepare<[], { json: string }>('SELECT json FROM report_templates ORDER BY name').all();
  return rows.flatMap(({ json }) => {
    const read = v.safeParse(templateSchema, parsed(json));
    return read.success ? [read.output] : [];
  });
}

/** Keeps a template, in the place of one of the same name. @throws InputError when it is none */
export function writeTemplate(db: Db, template: ReportTemplate): void {
  const kept = validate(templateSchema, template);
  db.prepare('INSERT OR REPLACE INTO report_templates (name, json) VALUES (?, ?)').run(kept.name, JSON.stringify(kept));
}

/** Forgets a template. @throws InputError when there is none of that name */
export function removeTemplate(db: Db, name: string): void {
  const { changes } = db.prepare('DELETE FROM report_templates WHERE name = ?').run(name);
  if (changes === 0) throw new InputError({ message: `the library has no template "${name}"` });
}

/** JSON, or undefined for what is none. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
