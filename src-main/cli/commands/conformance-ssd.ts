import { defineCommand } from 'citty';
import { cpuClock } from '#cli/cpu-clock';
import { printJson, printLine, tell } from '#cli/output';
import { knownDocuments } from '#cli/open-lab';
import { conformSsd, withWriteCache } from '#lab/conformance-ssd';
import { REFERENCE_DRIVE, loadFlashDrive, readTraceFile } from '#lab/flash-drives';
import { InputError } from '#model/problem';

export default defineCommand({
  meta: {
    name: 'ssd',
    description: 'Replay a stream of requests on an emulated flash drive, and say how long they took',
  },
  args: {
    trace: {
      type: 'string',
      required: true,
      valueHint: 'FILE',
      description: 'stream, gzip or text: ARRIVAL_NS DEVICE START_SECTOR SECTORS TYPE a line, type 0 write, 1 read',
    },
    config: {
      type: 'string',
      valueHint: 'DRIVE',
      default: REFERENCE_DRIVE,
      description: 'flash drive document, or id of a shipped one',
    },
    cache: {
      type: 'string',
      valueHint: 'on|off',
      description: 'switch the drive’s write cache; default: as in its document',
    },
    json: { type: 'boolean', description: 'print one JSON document' },
  },
  run({ args }) {
    let drive = loadFlashDrive(args.config, knownDocuments());
    if (args.cache !== undefined) {
      if (args.cache !== 'on' && args.cache !== 'off')
        throw new InputError({ message: `--cache ${args.cache} is not known`, expected: 'on or off' });
      drive = withWriteCache(drive, args.cache === 'on');
    }
    const { folded, ...result } = conformSsd(drive, readTraceFile(args.trace), args.trace, cpuClock);
    if (folded > 0) tell(`${folded} requests lay beyond the drive and were folded into it`);
    if (args.json) {
      printJson(result);
      return;
    }
    const us = (value: number): string => `${value.toFixed(3)} µs`;
    printLine(`drive             ${drive.name}, write cache ${drive.writeCache.kind}`);
    printLine(`requests          ${result.requests}`);
    printLine(`least             ${us(result.minUs)}`);
    printLine(`mean              ${us(result.meanUs)}`);
    printLine(`median            ${us(result.p50Us)}`);
    printLine(`99 %              ${us(result.p99Us)}`);
    printLine(`99.9 %            ${us(result.p999Us)}`);
    printLine(`most              ${us(result.maxUs)}`);
    printLine(`speed             ${result.requestsPerSecond} emulated requests a second of CPU time`);
  },
});
