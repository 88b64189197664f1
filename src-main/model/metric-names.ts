/** Metrics by the words of a reader, without their unit. */
const NAMES: Readonly<Record<string, string>> = {
  'faults.read': 'read faults',
  'faults.write': 'write faults',
  'faults.writeProtect': 'write-protect faults',
  'faults.minor': 'minor faults',
  'faults.major': 'major faults',
  'faults.sigbus': 'SIGBUS',
  'blocks.instantiatedKiB': 'blocks instantiated',
  'blocks.neededKiB': 'blocks needed',
  'blocks.needlessKiB': 'blocks needless',
  'pages.dirtied': 'pages dirtied',
  'pages.storedTo': 'pages stored to',
  'io.requests': 'I/O requests',
  'io.reads': 'read requests',
  'io.writes': 'write requests',
  'io.flushes': 'flush requests',
  'io.readKiB': 'read from the disk',
  'io.writtenKiB': 'written to the disk',
  'time.simulatedNs': 'simulated time',
  'kernel.throttledNs': 'time throttled',
  'kernel.directReclaims': 'direct reclaims',
  'kernel.pagesReclaimed': 'pages reclaimed',
  'kernel.pagesWrittenByReclaim': 'pages written by reclaim',
  lostBytes: 'bytes lost',
};

/** What the open sections hold, before the name of their entry. */
const SECTION_NAMES: Readonly<Record<string, string>> = {
  'io.byCause': 'I/O requests for',
  'time.byCauseNs': 'core time,',
  cpu: 'CPU:',
};

/** A metric's path in words: `faults.writeProtect` as `write-protect faults`, `cpu.tlb1Misses` as `CPU: TLB1 misses`. */
export function metricName(path: string): string {
  const known = NAMES[path];
  if (known !== undefined) return known;
  const at = path.lastIndexOf('.');
  const section = path.slice(0, Math.max(0, at));
  return [SECTION_NAMES[section] ?? section, inWords(path.slice(at + 1))].filter((part) => part !== '').join(' ');
}

/** `coreToCore` as `core to core`; levels of caches and TLBs in capitals. */
function inWords(name: string): string {
  return name
    .replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
    .replace(/\b(l[1-4]|tlb[12]?)\b/g, (level) => level.toUpperCase());
}
