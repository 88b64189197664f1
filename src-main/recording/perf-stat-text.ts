import type { ImportContext, Importer, Reader } from './importer.ts';
import { Counters } from './perf-stat.ts';
import { plainNumber } from './text.ts';

const EXPECTED = 'a line such as "     20,530      page-faults      #   59.151 K/sec"';
const HEADING = /^ ?Performance counter stats for |^#\s+time\s+(?:\S+\s+)*counts\s+unit\s+events/;
/** Time of the interval, processor or socket, count, unit, event, deviation of the runs and share of the time. */
const LINE =
  /^\s*(?:(\d+\.\d{9})\s+)?(?:((?:CPU|[SDCN])\d+(?:-[A-Z]\d+)*)\s+(?:\d+\s+)?)?(<not (?:supported|counted)>|\d[\d.,'\u2019\u00a0\u202f]*)\s+(?:(msec|sec|ns|Joules|C|[KMG]?i?B)\s+)?([A-Za-z_][\w:./,=@-]*)\s*(?:\s(\/\S*)\s*)?(?:#[^(]*)?(?:\( ?\+-\s*[\d.,]+% ?\))?\s*(?:\(\s*([\d.,]+)%\))?\s*$/;
/** `0.003685000 seconds time elapsed`, `0.0036 +- 0.0001 seconds time elapsed  ( +-  1.2% )`, `0.00 seconds user`. */
const SECONDS = /^\s*(\d+[.,]\d+)\s+(?:\+- \S+ )?seconds (time elapsed|user|sys)\b/;
/** Metrics that stand alone, and what perf remarks at the end. */
const REMARK =
  /^\s*(?:#|\(|\d+\.\d+ \([+-]\d+\.\d+\) #*$|Some events weren't counted|echo |perf stat |\S.* could not be )/;
const MOST_BEFORE = 1000;

/** What `perf stat` prints for people, also by intervals (-I). */
export const perfStatText: Importer = {
  id: 'perf-stat-text',
  label: 'perf stat',
  recognises: (head) => head.lines.slice(0, MOST_BEFORE).some((line) => HEADING.test(line)),
  read(context: ImportContext): Reader {
    const counters = new Counters(context);
    let begun = false;
    let before = 0;
    return {
      by: 'lines',
      line(text) {
        if (text.trim() === '') return;
        if (HEADING.test(text)) {
          begun = true;
          return;
        }
        if (!begun) {
          if (++before > MOST_BEFORE) context.fail('there are no counters in this file', EXPECTED);
          context.leftAside.add("lines before the first counter (the program's own)");
          return;
        }
        const seconds = SECONDS.exec(text);
        if (seconds !== null) {
          if (seconds[2] === 'time elapsed') counters.lasted(plainNumber(seconds[1].replace(',', '.')) * 1e9);
          return;
        }
        const match = LINE.exec(text);
        if (match === null) {
          if (REMARK.test(text)) context.leftAside.add('metrics and remarks');
          else context.fail('this is no line of perf stat', EXPECTED);
          return;
        }
        const [, time, processor = '', count, unit = '', event, group = '', share = '100'] = match;
        const of = group === '' ? processor : `${processor} ${group}`.trim();
        const value = count.startsWith('<') ? null : countOf(count, unit);
        if (value !== null && !(value <= 1e18)) context.fail('the count is out of range', EXPECTED);
        counters.take({
          time: time === undefined ? null : plainNumber(time),
          of,
          event,
          unit,
          value,
          ran: 0,
          share: plainNumber(share.replace(',', '.')),
        });
      },
      end: () => counters.end(),
    };
  },
};

/** Numbers of every language: what has a unit has two decimals, counts have none, all else separates thousands. */
function countOf(text: string, unit: string): number {
  const decimals = unit === '' ? null : /^(.*)[.,](\d{2})$/.exec(text);
  const digits = (part: string): string => part.replace(/\D/g, '');
  return decimals === null ? Number(digits(text)) : Number(`${digits(decimals[1])}.${decimals[2]}`);
}
