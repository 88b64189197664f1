import { defineCommand } from 'citty';
import { cpuClock } from '#cli/cpu-clock';
import { printJson, printLine } from '#cli/output';
import { knownDocuments } from '#cli/open-lab';
import { conformDisk } from '#lab/conformance-disk';
import { loadDrive, readTextFile } from '#lab/drives';

export default defineCommand({
  meta: {
    name: 'disk',
    description: 'Replay a recorded stream of requests on an emulated drive, and say how far off it is',
  },
  args: {
    drive: {
      type: 'string',
      required: true,
      valueHint: 'DRIVE',
      description: 'drive document, DiskSim .parv file, or id of a shipped drive',
    },
    trace: {
      type: 'string',
      required: true,
      valueHint: 'FILE',
      description: 'recorded stream: R|W ACTION LBN BLOCKS SERVICE_US NEXT_US a line',
    },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  run({ args }) {
    const drive = loadDrive(args.drive, knownDocuments());
    const result = conformDisk(drive, readTextFile(args.trace), args.trace, cpuClock);
    if (args.json) {
      printJson(result);
      return;
    }
    const share = ((100 * result.rmsMs) / result.realMeanMs).toFixed(2);
    printLine(`drive             ${drive.name}`);
    printLine(`requests          ${result.requests}`);
    printLine(`real mean         ${result.realMeanMs.toFixed(3)} ms`);
    printLine(`emulated mean     ${result.emulatedMeanMs.toFixed(3)} ms`);
    printLine(`rms difference    ${result.rmsMs.toFixed(3)} ms of the two distributions (${share} % of the real mean)`);
    printLine(`speed             ${result.requestsPerSecond} emulated requests a second of CPU time`);
  },
});
