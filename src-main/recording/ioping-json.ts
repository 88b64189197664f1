import type { ImportContext, Imported, Importer, Reader } from './importer.ts';
import { JsonNode } from './json.ts';
import { Requests, summaryDocument } from './ioping.ts';

/** A day; longer latencies are none. */
const LONGEST_NS = 86_400e9;
const MOST = 2 ** 53;
/** The figures of a summary: its own name, ours, unit. */
const SUMMARY = [
  ['count', 'requests', 'requests'],
  ['min', 'latency, least', 'ns'],
  ['avg', 'latency, mean', 'ns'],
  ['max', 'latency, most', 'ns'],
  ['mdev', 'latency, standard deviation', 'ns'],
] as const;

/** What ioping -J prints: single requests as a disk with their latencies; with -q the summary alone. */
export const iopingJson: Importer = {
  id: 'ioping-json',
  label: 'ioping -J',
  recognises: (head) => /^\s*\[\s*\{\s*"timestamp"\s*:/.test(head.text) && /"(?:io|stat)"\s*:\s*\{/.test(head.text),
  read: (context: ImportContext): Reader => ({ by: 'text', text: (whole) => importRequests(context, whole) }),
};

function importRequests(context: ImportContext, text: string): Imported {
  const requests = new Requests(context);
  let last: JsonNode | null = null;
  for (const object of JsonNode.parse(text, context.file).list()) {
    const extent = object.at('target').at('device_size').number(0, MOST, 0);
    if (extent > 0) requests.capacity = extent;
    const io = object.at('io');
    if (!io.isObject) {
      if (object.at('stat').isObject) {
        context.leftAside.add('summaries');
        last = object.at('stat');
      } else context.leftAside.add('objects of other kinds');
      continue;
    }
    if (io.at('ignored').value === true) {
      context.leftAside.add('warm-up requests');
      continue;
    }
    const operation = io.at('operation').text();
    if (operation !== 'read' && operation !== 'write') return io.at('operation').fail('read or write');
    requests.add(operation, io.at('size').number(1, 2 ** 40), io.at('time').number(0, LONGEST_NS));
  }
  const disk = requests.disk();
  if (disk !== null) return disk;
  return summaryDocument(
    context,
    last === null
      ? []
      : SUMMARY.map(([field, name, unit]): [string, number, string] => [name, last.at(field).number(0, MOST), unit]),
  );
}
