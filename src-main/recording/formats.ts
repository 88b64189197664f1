import { InputError } from '#model/problem';
import { blkparse } from './blkparse.ts';
import { blktrace } from './blktrace.ts';
import { bpftraceJson, bpftraceText } from './bpftrace.ts';
import { fioJson } from './fio-json.ts';
import { fioHistogramLog, fioLog } from './fio-log.ts';
import { ftrace } from './ftrace.ts';
import type { Head, Importer } from './importer.ts';
import { iopingJson } from './ioping-json.ts';
import { ioping, iopingBatch } from './ioping.ts';
import { iostatJson, iostatText } from './iostat.ts';
import { lackey } from './lackey.ts';
import { lmbench } from './lmbench.ts';
import { mlc } from './mlc.ts';
import { perfScript } from './perf-script.ts';
import { perfStatCsv, perfStatJson } from './perf-stat.ts';
import { perfStatText } from './perf-stat-text.ts';
import { perfTrace } from './perf-trace.ts';
import { strace } from './strace.ts';

/** Every format, in the order in which a file is tried: those with unmistakable beginnings first. */
export const IMPORTERS: readonly Importer[] = [
  blktrace,
  fioJson,
  iostatJson,
  iopingJson,
  bpftraceJson,
  perfStatJson,
  perfStatText,
  mlc,
  lackey,
  ftrace,
  perfScript,
  perfTrace,
  blkparse,
  strace,
  ioping,
  fioLog,
  fioHistogramLog,
  perfStatCsv,
  iopingBatch,
  lmbench,
  bpftraceText,
  iostatText,
];

/** The format of a file by its first bytes; null when it is none of these. */
export function recognise(head: Head): Importer | null {
  return IMPORTERS.find((importer) => importer.recognises(head)) ?? null;
}

/** A format by its id. @throws InputError */
export function importerOf(id: string): Importer {
  const importer = IMPORTERS.find((candidate) => candidate.id === id);
  if (importer !== undefined) return importer;
  throw new InputError({
    path: '--as',
    message: `there is no format "${id}"`,
    expected: `one of ${IMPORTERS.map((candidate) => candidate.id).join(', ')}`,
  });
}
