import { defineCommand } from 'citty';
import { formatTable, printJson, printLine } from '#cli/output';
import { knownDocuments } from '#cli/open-lab';
import { Failed } from '#cli/run-cli';
import { conformMachine, hasRecording, type MachineConformance, type MachinePoint } from '#lab/conformance-machine';
import { InputError } from '#model/problem';

export default defineCommand({
  meta: {
    name: 'machine',
    description: 'Compare latencies and store rates recorded on real processors with the emulated ones, point by point',
  },
  args: {
    id: {
      type: 'positional',
      required: false,
      description: 'processor document; without it, all that hold a recording',
    },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  run({ args }) {
    const documents = knownDocuments();
    const ids = args.id === undefined ? documents.ids('processor') : [args.id];
    const processors = ids
      .map((id) => documents.get('processor', id))
      .filter((document) => args.id !== undefined || hasRecording(document));
    for (const document of processors) {
      if (!hasRecording(document))
        throw new InputError({
          file: document.id,
          message: 'this processor document holds no recorded latencies or store rates',
        });
    }
    const machines = processors.map((document) => conformMachine(document));
    const points = machines.flatMap((machine) => machine.points);
    const agreeing = points.filter((point) => point.agrees).length;
    if (args.json) printJson({ machines, points: points.length, agreeing });
    else {
      for (const machine of machines) printMachine(machine);
      printLine(
        `${agreeing} of ${points.length} points agree (plateaus within 10 %, knees within 25 %, store rates within 15 %)`,
      );
    }
    if (agreeing < points.length) throw new Failed('not every point agrees');
  },
});

function printMachine(machine: MachineConformance): void {
  printLine(`${machine.id}: ${machine.name}`);
  const columns = [
    { title: 'what', value: (p: MachinePoint) => p.what },
    { title: 'range', value: (p: MachinePoint) => sizeText(p.bytes), align: 'right' as const },
    { title: 'recorded', value: (p: MachinePoint) => `${p.recorded.toFixed(2)} ${p.unit}`, align: 'right' as const },
    { title: 'emulated', value: (p: MachinePoint) => `${p.emulated.toFixed(2)} ${p.unit}`, align: 'right' as const },
    {
      title: 'difference',
      value: (p: MachinePoint) => `${(100 * p.difference).toFixed(1)} %`,
      align: 'right' as const,
    },
    { title: 'place', value: (p: MachinePoint) => p.place },
    { title: '', value: (p: MachinePoint) => (p.agrees ? '' : `beyond ${100 * p.allowed} %`) },
  ];
  for (const line of formatTable(machine.points, columns)) printLine(line);
  printLine();
}

const sizeText = (bytes: number): string => (bytes >= 1 << 20 ? `${bytes / (1 << 20)} MiB` : `${bytes / 1024} KiB`);
