import type { ImportContext, Importer, Reader } from './importer.ts';
import { MeasurementsBuilder } from './measurements.ts';
import { plainNumber } from './text.ts';

const EXPECTED = 'what Intel MLC prints: "Measuring ..." and its tables';
const MB = 1e6;
const MOST_ROWS = 10_000;

/** Sections by their headings, and what their numbers are. */
const SECTIONS: readonly { readonly heading: RegExp; readonly section: Section }[] = [
  { heading: /^Measuring idle latencies/i, section: 'idle' },
  {
    heading: /^Measuring Peak (?:Injection )?Memory Bandwidths|^Measuring Maximum Memory Bandwidths/i,
    section: 'ratios',
  },
  { heading: /^Measuring Memory Bandwidths between nodes/i, section: 'nodes' },
  { heading: /^Measuring Loaded Latencies/i, section: 'loaded' },
  { heading: /^Measuring cache-to-cache transfer latency/i, section: 'transfer' },
];
type Section = 'idle' | 'ratios' | 'nodes' | 'loaded' | 'transfer' | '';

/** Lines that explain and hold no figure. */
const PROSE = [
  /^Intel\(R\) Memory Latency Checker/i, /^\*+/, /^Bandwidths are in/i, /^Using /i, /^Command line parameters/i,
  /^(?:Numa|Memory) node/i, /^Inject\b/i, /^Delay\b/i, /^=+$/, /^Reader Numa Node/i, /^Alloc/i, /^WARNING/i, /^Tool /i,
  /^Will take/i, /^(?:Running|Reserved|Now|Totally|1GB page|Histogram report of|BW_range)\b/i, /^-+\s+-+$/, /\bSCM Drive$/i,
  /^Writer Numa Node/i, /^Each iteration/i, /^Measuring /i, /^Remote Socket .*\(data address/i, /^Bandwidths? /i, /^Note/i,
  // The prompt and the remarks of who ran it.
  /^[#$>]/,
]; // prettier-ignore
/** Headings of matrices: nodes, or sockets before version 3.5. */
const HEADING = /^(?:(?:Numa|Memory) node\b|(?:Reader|Writer) (?:Numa Node|Socket)\b|Socket(?:\s+\d+)*$)/i;
/** `[105000-109999]  186`: how many regions of 1 GB had that bandwidth, MB/s. */
const REGIONS = /^\[(\d{1,12})-(\d{1,12})\]\s+(\d{1,12})$/;
const RATIO = /^(ALL Reads|\d+:\d+ Reads-Writes|Stream-triad like|\d+:\d+ .*?|All NT writes|.*NT.*?)\s*:\s*([\d.]+)$/i;
const ITERATION = /^Each iteration took ([\d.]+) (?:base frequency|core) clocks \(\s*([\d.]+)\s*ns\)/i;
const TRANSFER = /^(Local Socket .*?latency)\s+([\d.]+)$/i;

/** Intel's Memory Latency Checker: the tables of a whole run, and single measurements, of versions 3.1 to 3.11. */
export const mlc: Importer = {
  id: 'mlc',
  label: 'Intel MLC',
  recognises: (head) =>
    /^Intel\(R\) Memory Latency Checker/im.test(head.text) ||
    head.lines.slice(0, 20).some((line) => SECTIONS.some(({ heading }) => heading.test(line.trim()))),
  read(context: ImportContext): Reader {
    let version = '';
    let section: Section = '';
    let row = '';
    const builder: { made: MeasurementsBuilder | null } = { made: null };
    const make = (): MeasurementsBuilder => (builder.made ??= new MeasurementsBuilder(context, `Intel MLC${version}`));
    const loaded: number[][] = [];
    const regions: number[][] = [];
    const matrices = new Map<string, number[][]>();
    const addRow = (name: string, text: string): boolean => {
      const fields = text.split(/\s+/);
      if (!/^\d+$/.test(fields[0]) || fields.length < 2) return false;
      const values = fields.map((field) => (field === '-' ? Number.NaN : plainNumber(field)));
      if (values.some((value, i) => fields[i] !== '-' && !(value >= 0 && value < 1e12))) return false;
      const rows = matrices.get(name) ?? [];
      if (rows.length >= MOST_ROWS) context.fail('too many lines', `at most ${MOST_ROWS}`);
      rows.push(values);
      matrices.set(name, rows);
      return true;
    };
    return {
      by: 'lines',
      line(text) {
        const line = text.trim();
        if (line === '') return;
        const tool = /^Intel\(R\) Memory Latency Checker(?: - v([\d.]+\w*))?/i.exec(line);
        if (tool !== null) {
          version = tool[1] === undefined ? '' : ` ${tool[1]}`;
          return;
        }
        const next = SECTIONS.find(({ heading }) => heading.test(line));
        if (next !== undefined) {
          section = next.section;
          row = '';
          return;
        }
        const iteration = ITERATION.exec(line);
        if (iteration !== null) {
          make().quantity(
            'memory.latency',
            context.within(plainNumber(iteration[2]), 0, 1e9, 'the latency'),
            'ns',
            `idle; ${iteration[1]} clocks`,
          );
          return;
        }
        // The heading of a matrix repeats the numbers of the nodes.
        if (HEADING.test(line)) return;
        const ratio = section === 'ratios' ? RATIO.exec(line) : null;
        if (ratio !== null) {
          make().quantity(
            `bandwidth, ${ratio[1]}`,
            context.within(plainNumber(ratio[2]), 0, 1e12, 'the bandwidth') * MB,
            'bytes/s',
          );
          return;
        }
        if (section === 'loaded') {
          const fields = line.split(/\s+/);
          if (/^\d+$/.test(fields[0]) && fields.length === 3) {
            const [delay, latency, bandwidth] = fields.map(plainNumber);
            if (loaded.length >= MOST_ROWS) context.fail('too many lines', `at most ${MOST_ROWS}`);
            loaded.push([
              context.within(delay, 0, 1e9, 'the delay'),
              context.within(latency, 0, 1e9, 'the latency'),
              context.within(bandwidth, 0, 1e12, 'the bandwidth'),
            ]);
            return;
          }
        }
        if (section === 'transfer') {
          const figure = TRANSFER.exec(line);
          if (figure !== null) {
            make().quantity(
              figure[1].replace(/\s+/g, ' '),
              context.within(plainNumber(figure[2]), 0, 1e9, 'the latency'),
              'ns',
            );
            return;
          }
          const remote = /^Remote Socket .*\(data address homed in (\w+) socket\)/i.exec(line);
          if (remote !== null) {
            row = `cache to cache, remote, homed in ${remote[1]} socket`;
            return;
          }
          if (addRow(row === '' ? 'cache to cache' : row, line)) return;
        }
        const region = REGIONS.exec(line);
        if (region !== null) {
          if (regions.length >= MOST_ROWS) context.fail('too many lines', `at most ${MOST_ROWS}`);
          regions.push(region.slice(1).map(Number));
          return;
        }
        if (section === 'idle' && addRow('idle latency by node', line)) return;
        if (section === 'nodes' && addRow('bandwidth by node', line)) return;
        if (PROSE.some((prose) => prose.test(line))) context.leftAside.add('lines that explain');
        else context.fail('this is no line of Intel MLC', EXPECTED);
      },
      end() {
        const made = make();
        for (const [name, rows] of matrices) {
          const width = Math.max(...rows.map((values) => values.length));
          const unit = name.startsWith('bandwidth') ? 'bytes/s' : 'ns';
          const factor = unit === 'ns' ? 1 : MB;
          const triples = rows.flatMap(([from, ...values]) =>
            values.map((value, to) => [from, to, value * factor]).filter((triple) => !Number.isNaN(triple[2])),
          );
          made.table(
            name,
            ['from node', 'to node', unit === 'ns' ? 'latency' : 'bandwidth'],
            ['node', 'node', unit],
            triples,
          );
          if (name.startsWith('idle') && width > 1 && triples.length > 0) {
            const local = triples.filter(([from, to]) => from === to).map(([, , ns]) => ns);
            if (local.length > 0)
              made.quantity('memory.latency', Math.min(...local), 'ns', 'idle, the nearest memory of a node');
          }
        }
        if (regions.length > 0)
          made.table('regions by bandwidth', ['from', 'to', 'regions of 1 GB'], ['MB/s', 'MB/s', 'count'], regions);
        if (loaded.length > 0) {
          made.table('loaded by injection delay', ['delay', 'latency', 'bandwidth'], ['cycles', 'ns', 'MB/s'], loaded);
          // As the processor document has it: latency against traffic, traffic ascending.
          const curve = loaded
            .map(([, latency, bandwidth]) => [Math.round(bandwidth * MB), latency])
            .sort((x, y) => x[0] - y[0]);
          made.table(
            'loaded',
            ['bandwidth', 'latency'],
            ['bytes/s', 'ns'],
            curve.filter((r, i) => i === 0 || r[0] > curve[i - 1][0]),
          );
        }
        return made.document(
          'Memory by Intel MLC',
          ['geometry of caches and TLBs', 'latencies of the caches'],
          EXPECTED,
        );
      },
    };
  },
};
