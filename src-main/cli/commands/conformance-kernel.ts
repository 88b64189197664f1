import { defineCommand } from 'citty';
import { ProgressLine, formatTable, printJson, printLine } from '#cli/output';
import { shippedDocuments } from '#cli/resources';
import { CONFORMANCE_FIELDS, conformKernel } from '#lab/conformance-kernel';
import { readTextFile } from '#lab/drives';
import { readKernelRecording } from '#lab/kernel-recording';

export default defineCommand({
  meta: {
    name: 'kernel',
    description: 'Emulate what a real kernel was recorded doing, and print every figure that differs',
  },
  args: {
    file: { type: 'positional', required: true, description: 'table of recorded phases, as the recorder prints it' },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  run({ args }) {
    const cases = readKernelRecording(readTextFile(args.file), args.file);
    const line = new ProgressLine();
    const result = conformKernel(cases, shippedDocuments(), args.file, (done, total) =>
      line.show('emulating', done, total),
    );
    line.end();
    if (args.json) {
      printJson(result);
      return;
    }
    for (const text of formatTable(result.mismatches, [
      { title: 'file system', value: (m) => m.fs },
      { title: 'scenario', value: (m) => m.scen },
      { title: 'phase', value: (m) => m.phase },
      { title: 'k', value: (m) => String(m.k), align: 'right' },
      { title: 'pages', value: (m) => String(m.npages), align: 'right' },
      { title: 'read-ahead KiB', value: (m) => String(m.read_ahead_kb), align: 'right' },
      { title: 'figure', value: (m) => m.field },
      { title: 'recorded', value: (m) => String(m.recorded), align: 'right' },
      { title: 'emulated', value: (m) => String(m.emulated), align: 'right' },
    ])) if (result.mismatches.length > 0) printLine(text); // prettier-ignore
    if (result.mismatches.length > 0) printLine();
    for (const c of result.cleaning)
      printLine(`${c.fs}, every ${c.k}: cleaned after ${c.recordedMs} ms recorded, ${c.emulatedMs} ms emulated`);
    for (const s of result.outOfSpace)
      printLine(
        `${s.fs}, every ${s.k}: ${s.recordedKiB} KiB at the end of space recorded, ${s.emulatedKiB} KiB emulated`,
      );
    const share = ((100 * result.allExact) / result.phases).toFixed(1);
    printLine(
      `${result.phases} phases, ${result.allExact} exact in all four figures (${share} %): ${CONFORMANCE_FIELDS.map((f) => `${f} ${result.exact[f]}`).join(', ')}`,
    );
  },
});
