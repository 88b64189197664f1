import { parseRwbs } from './block-requests.ts';
import { BlockTrace } from './block-trace.ts';
import type { ImportContext, Importer, Reader } from './importer.ts';
import { Clock } from './recording.ts';

const EXPECTED = 'a line such as "8,0  1  12  0.000123456  345  Q  WS 1024 + 8 [bash]"';
/** Device, processor, sequence, seconds, process, action, letters, the rest. */
const LINE = /^\s*(\d+),(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\.(\d{9})\s+(\d+)\s+([A-Za-z]{1,2})\s+([A-Z]+)(?:\s+(.*))?$/;
/** `1024 + 8 ( 1234) [bash]`, of which the middle is the time since an earlier action. */
const PLACE = /^(\d+) \+ (\d+)(?:\s|$)/;
/** What blkparse prints at the end, for each processor and in all. */
const SUMMARY =
  /^(?:CPU\d+ \(|Total \(|Throughput |Events \(|Skips: |Input file |\s+(?:Reads|Writes|Read|Write|IO|PC|Timer|Allocation|Dispatch|Completion) |\s*\d+ forward|$)/;
/** With -s there is a summary for each process: its name with its number, or the numbers of several. */
const PROCESS = /^\S.* \(\d[\d, .]*\)$/;
/** Passed-through commands show their bytes: `36 (12 00 00 00 24 00 ..) [scsi]`. */
const COMMAND = /^(?:\d+ )?\([0-9a-f]{2}(?: [0-9a-f]{2}| \.\.)/;
const MOST_SECTORS = 2 ** 53;

/** What blkparse prints of a blktrace, in its own layout. */
export const blkparse: Importer = {
  id: 'blkparse',
  label: 'blkparse text',
  recognises(head) {
    const lines = head.lines.filter((line) => line !== '' && !line.startsWith('Input file '));
    return lines.length > 0 && lines.slice(0, 3).every((line) => LINE.test(line));
  },
  read(context: ImportContext): Reader {
    const trace = new BlockTrace(context);
    const clock = new Clock();
    let summary = false;
    return {
      by: 'lines',
      line(text) {
        const match = LINE.exec(text);
        if (match === null) {
          if (!SUMMARY.test(text) && !PROCESS.test(text)) context.fail('this is no line of blkparse', EXPECTED);
          if (text !== '' && !text.startsWith('Input')) summary = true;
          if (text !== '') context.leftAside.add('lines of the summary');
          return;
        }
        if (summary) context.fail('an event after the summary', 'the end of the file');
        const [, major, minor, , , seconds, ns, , action, letters, rest = ''] = match;
        const time = clock.ps(context.within(Number(seconds), 0, 1e9, 'the time'), Number(ns));
        const device =
          context.within(Number(major), 0, 4095, 'the device') * 2 ** 20 +
          context.within(Number(minor), 0, 2 ** 20 - 1, 'the device');
        const { sector, sectors } = place(context, rest, action);
        const command = /\[([^\]]*)\]$/.exec(rest)?.[1] ?? '';
        const rwbs = COMMAND.test(rest) ? null : parseRwbs(letters);
        if (rwbs === null && action !== 'm' && parseRwbs(letters) === null)
          context.fail(`"${letters}" are no letters of an operation`, EXPECTED);
        trace.action(time, action, device, rwbs, sector, sectors, command);
      },
      end: () => ({ kind: 'run', run: trace.end() }),
    };
  },
};

/** Place and length; an empty flush has neither, and completes at the sector 2^64 - 1. */
function place(context: ImportContext, rest: string, action: string): { sector: number; sectors: number } {
  const match = PLACE.exec(rest);
  if (match !== null) {
    const sectors = context.within(Number(match[2]), 0, 2 ** 32, 'the number of sectors');
    // An empty flush has the sector 2^64 - 1.
    return { sector: sectors === 0 ? 0 : context.within(Number(match[1]), 0, MOST_SECTORS, 'the sector'), sectors };
  }
  const sector = /^(\d+)(?:\s|$)/.exec(rest);
  if (sector !== null && (action === 'C' || action === 'X')) return { sector: Number(sector[1]) % 2 ** 53, sectors: 0 };
  if (/^(?:\[.*\]$|\d+ \(.*\]$|\d+ \/ \d+|\(.*\]$|$)/.test(rest) || 'PUTSmGX'.includes(action[0]))
    return { sector: 0, sectors: 0 };
  return context.fail('the place of the request is missing', EXPECTED);
}
