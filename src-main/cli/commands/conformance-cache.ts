import { defineCommand } from 'citty';
import { printJson, printLine } from '#cli/output';
import { cachegrindCounters, openTrace } from '#lab/conformance-cache';

const cacheArg = (what: string) =>
  ({ type: 'string', required: true, valueHint: 'SIZE,WAYS,LINE', description: `${what}, in bytes` }) as const;

export default defineCommand({
  meta: {
    name: 'cache',
    description: "Run a valgrind lackey trace through cachegrind's cache model and print its nine counters",
  },
  args: {
    trace: {
      type: 'string',
      required: true,
      valueHint: 'FILE',
      description: 'text of valgrind --tool=lackey --trace-mem=yes, plain or gzip; - for standard input',
    },
    I1: cacheArg('first-level instruction cache'),
    D1: cacheArg('first-level data cache'),
    LL: cacheArg('last-level cache'),
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  async run({ args }) {
    const name = args.trace === '-' ? 'standard input' : args.trace;
    const counters = await cachegrindCounters(openTrace(args.trace), name, { I1: args.I1, D1: args.D1, LL: args.LL });
    if (args.json) {
      printJson(counters);
      return;
    }
    for (const [counter, value] of Object.entries(counters))
      printLine(`${counter.padEnd(4)}  ${String(value).padStart(14)}`);
  },
});
