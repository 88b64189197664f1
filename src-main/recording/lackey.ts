import { EXPERIMENT_FORMAT, type ExperimentInput } from '#model/experiment';
import { checkExperiment } from '#model/check-experiment';
import { formatSize } from '#model/units';
import type { ImportContext, Imported, Importer, Reader } from './importer.ts';
import { hexAt, numberEnd } from './text.ts';

const EXPECTED = 'a line such as " S 1fff000758,8" of valgrind --tool=lackey --trace-mem=yes';
const PAGE = 4096;
/** Accesses that an experiment carries; more would make its document unwieldy. */
const MOST_ACCESSES = 100_000;
const LONGEST_ACCESS = 1024;
const COMMA = 44;
const SPACE = 32;

/** The memory accesses of a program under valgrind's lackey, as an experiment that repeats them. */
export const lackey: Importer = {
  id: 'lackey',
  label: 'valgrind lackey',
  recognises(head) {
    const lines = head.lines.filter((line) => line !== '' && !line.startsWith('==') && !line.startsWith('--'));
    return lines.length > 0 && lines.slice(0, 5).every((line) => /^(?:I {2}| [LSM] )[0-9a-f]{6,16},\d+$/.test(line));
  },
  read: (context: ImportContext): Reader => new LackeyReader(context),
};

class LackeyReader {
  readonly by = 'lines';
  private readonly context: ImportContext;
  private readonly addresses: number[] = [];
  private readonly stores: boolean[] = [];
  private command = '';
  private instructions = 0;
  private loads = 0;
  private storeCount = 0;
  private beyond = 0;

  constructor(context: ImportContext) {
    this.context = context;
  }

  line(text: string): void {
    if (text.startsWith('==') || text.startsWith('--')) {
      if (this.command === '') this.command = /Command: (.{1,200})/.exec(text)?.[1] ?? '';
      return;
    }
    if (text === '') return;
    const kind = text.charCodeAt(text.charCodeAt(0) === SPACE ? 1 : 0);
    const address = hexAt(text, text.charCodeAt(0) === SPACE ? 3 : 2);
    const comma = numberEnd;
    const size = comma + 1 < text.length ? sizeAt(text, comma + 1) : -1;
    if (address < 0 || address > 2 ** 57 || text.charCodeAt(comma) !== COMMA || size < 1 || size > LONGEST_ACCESS)
      return this.context.fail('this is no access of lackey', EXPECTED);
    // Exact to the byte up to 2^53; user addresses are below that.
    if (kind === 73) this.instructions++;
    else if (kind === 76) this.access(address, false);
    else if (kind === 83) this.access(address, true);
    else if (kind === 77) {
      this.access(address, false);
      this.access(address, true);
    } else this.context.fail('this is no access of lackey', EXPECTED);
  }

  /** People cut these traces, which are endless: the line that was cut is no mistake. */
  cut(): void {
    this.context.leftAside.add('a last line that was cut');
  }

  end(): Imported {
    const { context } = this;
    context.line = undefined;
    if (this.addresses.length === 0) context.fail('there are no loads and stores in this file', EXPECTED);
    context.taken.add('loads', this.loads);
    context.taken.add('stores', this.storeCount);
    context.leftAside.add('instruction fetches', this.instructions);
    context.leftAside.add(`accesses beyond the first ${MOST_ACCESSES}`, this.beyond);
    return { kind: 'experiment', document: this.experiment() };
  }

  private access(address: number, store: boolean): void {
    if (this.addresses.length >= MOST_ACCESSES) {
      this.beyond++;
      return;
    }
    this.addresses.push(address);
    this.stores.push(store);
    if (store) this.storeCount++;
    else this.loads++;
  }

  /** The pages that were touched, in order of their addresses and without the gaps, are the pages of one file. */
  private experiment(): ExperimentInput {
    const pages = [...new Set(this.addresses.map((address) => Math.floor(address / PAGE)))].sort((x, y) => x - y);
    const rank = new Map(pages.map((page, i) => [page, i]));
    const accesses = this.addresses.map((address, i): [number, 'r' | 'w'] => [
      (rank.get(Math.floor(address / PAGE)) ?? 0) * PAGE + (address % PAGE),
      this.stores[i] ? 'w' : 'r',
    ]);
    this.context.taken.add('pages', pages.length);
    const document: ExperimentInput = {
      format: EXPERIMENT_FORMAT,
      name: `Accesses of ${this.command === '' ? this.context.title : this.command.split('/').at(-1)} (lackey)`.slice(
        0,
        120,
      ),
      question: `The first ${accesses.length} loads and stores of a recorded program, on the ${pages.length} pages that they touch, laid side by side in one sparse mapped file.`,
      seed: 1,
      machines: ['workstation-2005'],
      kernels: ['linux-6.18'],
      filesystems: ['plain-4k'],
      policies: ['P5'],
      files: [{ name: 'memory', size: formatSize(pages.length * PAGE) }],
      mappings: [{ name: 'map', file: 'memory' }],
      threads: [
        {
          name: 'main',
          steps: [
            {
              do: 'mixed',
              name: 'recorded accesses',
              mapping: 'map',
              pattern: { kind: 'trace', accesses },
              storeShare: 0,
              count: accesses.length,
            },
            { do: 'msync', name: 'msync', mapping: 'map' },
          ],
        },
      ],
    };
    checkExperiment(document, this.context.file);
    return document;
  }
}

/** The size after the comma, which ends the line; -1 when it is none. */
function sizeAt(text: string, from: number): number {
  let value = 0;
  for (let i = from; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9 || i - from > 5) return -1;
    value = value * 10 + digit;
  }
  return value;
}
