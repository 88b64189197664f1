import {
  DRIVE_FORMAT,
  driveSchema,
  ZONE_COLUMNS,
  type DriveDocument,
  type DriveInput,
  type SparingScheme,
} from '#model/drive';
import { InputError } from '#model/problem';
import type { Quantity } from '#model/quantity';
import { validate } from '#model/validate';
import { parseSeekFile, seekByFormula, type SeekPoint } from './seek-curve.ts';
import {
  parseBlockFile,
  parseParameters,
  readAt,
  type Block,
  type ParameterFile,
  type ReadSource,
  type TopologyNode,
  type Value,
} from './syntax.ts';

/** Sparing schemes by DiskSim's numbers. */
const SPARING: readonly SparingScheme[] = [
  'none',
  'tracks-per-zone',
  'sectors-per-cylinder',
  'sectors-per-track',
  'sectors-per-cylinder-slip-to-end',
  'sectors-per-cylinder-front',
  'sectors-per-cylinder-front-slip-to-end',
  'sectors-at-end',
  'sectors-per-range',
  'sectors-per-zone',
  'sectors-per-zone-slip-to-end',
];
const NUMBERING = ['cylinder', 'serpentine-in-zone', 'serpentine'] as const;
const READ_AHEAD = ['none', 'track', 'cylinder', 'segment', 'next-track'] as const;
const WRITE_CACHE = ['off', 'sequential', 'on'] as const;

/**
 * DiskSim's files have no figure for settling on a track that was not reached by a seek; their head
 * switch time is that figure where it was measured well. In the five sets of the validation set that
 * give one above 0.5 ms (HP C2247A, C2490A and C3323A, DEC RZ26, Atlas III) it is 0.31, 0.78, 0.55,
 * 0.85 and 0.60 of a single-cylinder seek. Their mean is taken for every drive alike. The recordings
 * agree with anything between 0.5 and 0.75.
 */
const SETTLE_SHARE = 0.62;
const SETTLE_REASON =
  'part of a single-cylinder seek, the mean of five drives of the validation set with a measured head switch; the parameter files give no figure';

/** Where the figures of an import come from, for their `source`. */
export interface Origin {
  /** For instance "DiskSim 4.0 validation set (Carnegie Mellon University)". */
  readonly title: string;
  /** ISO date of the import. */
  readonly date?: string;
}

/**
 * Makes a drive document of a DiskSim parameter file. The drive is the first disk of its topology (or
 * the only one defined).
 * @param text the `.parv`
 * @param file its name, for messages and sources
 * @param read gives the files it refers to, by the names used in it
 * @throws InputError with file, line and parameter
 */
export function importDiskSim(text: string, file: string, read: ReadSource, origin: Origin): DriveDocument {
  const parameters = parseParameters(text, file, read);
  const { disk, buses, controllers } = findDisk(parameters, file);
  const model = blockOf(disk, 'Model', read);
  const take = new Taker(origin);
  const mechanical = blockOf(model, 'Mechanical Model', read);
  const left = NOT_MODELLED.filter((name) => optionalNumber(mechanical, name, optionalNumber(disk, name, 0)) !== 0);
  const layout = blockOf(model, 'Layout Model', read);
  if (layout.type !== 'dm_layout_g1') {
    throw new InputError({
      file: layout.file,
      line: layout.line,
      path: 'Layout Model',
      message: `"${layout.type}" is not known`,
      expected: 'dm_layout_g1',
    });
  }
  const cylinders = integer(model, 'Number of cylinders', 1);
  const input: DriveInput = {
    format: DRIVE_FORMAT,
    name: disk.name.replace(/_validate$/, '').replace(/_/g, ' '),
    capacity: take.count(model, 'Block count', 'sectors'),
    geometry: geometry(take, model, layout, read),
    mechanics: mechanics(take, disk, mechanical, cylinders, read),
    overheads: overheads(take, disk),
    bus: bus(take, disk, buses, controllers),
    buffer: buffer(take, disk),
    queue: {
      depth: take.figure(Math.max(1, integer(disk, 'Max queue length', 0)), 'commands', disk),
      order: 'fcfs',
    },
    ...(left.length === 0 ? {} : { missing: left.map((name) => `"${name}" of the parameter file is not modelled`) }),
  };
  return validate(driveSchema, input, file);
}

/** Parameters that are left aside, and said to be, where they are not 0. */
const NOT_MODELLED = [
  'Allow sneaky full read hits',
  'Allow sneaky partial read hits',
  'Allow sneaky intermediate read hits',
  'Preseeking level',
  'Disconnect write if seek',
  'Percent error in rpms',
] as const;

/** Makes quantities that name the file they were taken from. */
class Taker {
  private readonly origin: Origin;

  constructor(origin: Origin) {
    this.origin = origin;
  }

  provenance(block: { file: string }, method: 'measured' | 'derived' = 'measured') {
    const date = this.origin.date === undefined ? {} : { date: this.origin.date };
    return { source: `${this.origin.title}, ${baseName(block.file)}`, method, ...date };
  }

  figure(value: number, unit: string, block: Block): Quantity {
    return { value, unit, ...this.provenance(block) };
  }

  count(block: Block, name: string, unit: string): Quantity {
    return this.figure(integer(block, name, 0), unit, block);
  }

  ms(block: Block, name: string): Quantity {
    return this.figure(number(block, name), 'ms', block);
  }
}

function geometry(take: Taker, model: Block, layout: Block, read: ReadSource): DriveInput['geometry'] {
  const rows: number[][] = [];
  const slipped: number[][] = [];
  const remapped: number[][] = [];
  list(layout, 'Zones').forEach((item, zone) => {
    const block = asBlock(item, read);
    rows.push([
      integer(block, 'First cylinder number', 0),
      integer(block, 'Last cylinder number', 0),
      integer(block, 'Blocks per track', 1),
      number(block, 'Offset of first block'),
      integer(block, 'Empty space at zone front', 0),
      optionalNumber(block, 'Skew for track switch', 0),
      optionalNumber(block, 'Skew for cylinder switch', 0),
      integer(block, 'Number of spares', 0),
    ]);
    const units = block.values.get('Skew units') ?? layout.values.get('Skew units');
    if (units?.value === 'revolutions') {
      const row = rows[zone];
      for (const column of [3, 5, 6]) row[column] *= row[2];
    }
    for (const slip of integers(block, 'slips')) slipped.push([zone, slip]);
    const defects = integers(block, 'defects');
    if (defects.length % 2 !== 0) throw wrong(block, 'defects', 'an odd number of places', 'pairs');
    for (let i = 0; i < defects.length; i += 2) remapped.push([zone, defects[i], defects[i + 1]]);
  });
  const from = take.provenance(layout);
  return {
    surfaces: take.count(model, 'Number of data surfaces', 'heads'),
    cylinders: cylinderCount(take, model, rows),
    numbering: choice(layout, 'LBN-to-PBN mapping scheme', NUMBERING),
    sparing: {
      scheme: choice(layout, 'Sparing scheme used', SPARING),
      rangeCylinders: Math.max(1, optionalNumber(layout, 'Rangesize for sparing', 1)),
    },
    zones: {
      columns: [...ZONE_COLUMNS],
      units: ['cylinder', 'cylinder', 'sectors', 'sectors', 'sectors', 'sectors', 'sectors', ''],
      rows,
      ...from,
    },
    ...(slipped.length > 0
      ? { slipped: { columns: ['zone', 'location'], units: ['', ''], rows: slipped, ...from } }
      : {}),
    ...(remapped.length > 0
      ? { remapped: { columns: ['zone', 'from', 'to'], units: ['', '', ''], rows: remapped, ...from } }
      : {}),
  };
}

/** One published set counts one cylinder less than its last zone uses. */
function cylinderCount(take: Taker, model: Block, zones: readonly number[][]): Quantity {
  const counted = take.count(model, 'Number of cylinders', 'cylinders');
  const used = zones.reduce((most, zone) => Math.max(most, zone[1] + 1), 0);
  if (used <= counted.value) return counted;
  const note = `the file counts ${counted.value}, but its last zone ends with cylinder ${used - 1}`;
  return { ...counted, value: used, method: 'derived', note };
}

function mechanics(
  take: Taker,
  disk: Block,
  block: Block,
  cylinders: number,
  read: ReadSource,
): DriveInput['mechanics'] {
  const access = word(block, 'Access time type');
  if (access !== 'trackSwitchPlusRotation') {
    throw wrong(block, 'Access time type', `"${access}" models no rotation`, 'trackSwitchPlusRotation');
  }
  const type = word(block, 'Seek type');
  let rows: SeekPoint[];
  let from: { file: string } = block;
  if (type === 'extracted') {
    const value = required(block, 'Full seek curve');
    const name = word(block, 'Full seek curve');
    rows = parseSeekFile(readAt(read, name, value.file, value.line), name);
    from = { file: name };
  } else rows = seekByFormula(block, type, cylinders);
  const least = optionalNumber(disk, 'Minimum seek delay', 0);
  return {
    rotation: take.figure(number(block, 'Rotation speed (in rpms)'), 'rpm', block),
    seek: {
      columns: ['distance', 'time'],
      units: ['cylinders', 'ms'],
      rows,
      ...take.provenance(from, type === 'extracted' ? 'measured' : 'derived'),
      ...(type === 'extracted' ? {} : { note: `written out from the ${type} equation and its measured coefficients` }),
    },
    headSwitch: take.ms(block, 'Head switch time'),
    writeSettle: take.ms(block, 'Add. write settling delay'),
    trackSettle: {
      value: Math.round(rows[0][1] * SETTLE_SHARE * 1e6) / 1e6,
      unit: 'ms',
      source: take.provenance(from).source,
      method: 'estimated',
      note: SETTLE_REASON,
    },
    ...(least > 0 ? { minimumWriteSeek: take.ms(disk, 'Minimum seek delay') } : {}),
  };
}

/** Our names of the overheads, and DiskSim's. */
const OVERHEADS = {
  perRequest: 'Per-request overhead time',
  readHitAfterRead: 'Read hit over. after read',
  readHitAfterWrite: 'Read hit over. after write',
  readMissAfterRead: 'Read miss over. after read',
  readMissAfterWrite: 'Read miss over. after write',
  writeHitAfterRead: 'Write hit over. after read',
  writeHitAfterWrite: 'Write hit over. after write',
  writeMissAfterRead: 'Write miss over. after read',
  writeMissAfterWrite: 'Write miss over. after write',
  readCompletion: 'Read completion overhead',
  writeCompletion: 'Write completion overhead',
  dataPreparation: 'Data preparation overhead',
  reselectFirst: 'First reselect overhead',
  reselectOther: 'Other reselect overhead',
  readDisconnectAfterRead: 'Read disconnect afterread',
  readDisconnectAfterWrite: 'Read disconnect afterwrite',
  writeDisconnect: 'Write disconnect overhead',
} as const;

const EXTRA_DISCONNECT = {
  command: 'Extradisc command overhead',
  disconnect: 'Extradisc disconnect overhead',
  between: 'Extradisc inter-disconnect delay',
  secondDisconnect: 'Extradisc 2nd disconnect overhead',
  seekDelta: 'Extradisc seek delta',
} as const;

function overheads(take: Taker, disk: Block): DriveInput['overheads'] {
  const scale = optionalNumber(disk, 'Time scale for overheads', 1);
  const scaled = (name: string): Quantity => take.figure(number(disk, name) * scale, 'ms', disk);
  const result: Record<string, Quantity> = {};
  for (const [ours, theirs] of Object.entries(OVERHEADS)) {
    if (optionalNumber(disk, theirs, 0) !== 0) result[ours] = scaled(theirs);
  }
  if (!yes(disk, 'Extra write disconnect')) return result;
  const extra = Object.fromEntries(Object.entries(EXTRA_DISCONNECT).map(([ours, theirs]) => [ours, scaled(theirs)]));
  return { ...result, extraWriteDisconnect: extra as NonNullable<DriveInput['overheads']['extraWriteDisconnect']> };
}

/** The slowest of drive, controller and buses on the way sets the pace. */
function bus(take: Taker, disk: Block, buses: readonly Block[], controllers: readonly Block[]): DriveInput['bus'] {
  const slowest = (names: { bus: string }): Quantity => {
    let value = number(disk, 'Bulk sector transfer time');
    let from = disk;
    for (const [blocks, name] of [
      [buses, names.bus],
      [controllers, 'Bulk sector transfer time'],
    ] as const) {
      for (const block of blocks) {
        const time = optionalNumber(block, name, 0);
        if (time > value) {
          value = time;
          from = block;
        }
      }
    }
    return take.figure(value, 'ms', from);
  };
  return {
    readSector: slowest({ bus: 'Read block transfer time' }),
    writeSector: slowest({ bus: 'Write block transfer time' }),
    holdForReads: yes(disk, 'Hold bus entire read xfer'),
    holdForWrites: yes(disk, 'Hold bus entire write xfer'),
    neverDisconnect: yes(disk, 'Never disconnect'),
  };
}

function buffer(take: Taker, disk: Block): DriveInput['buffer'] {
  return {
    segments: take.count(disk, 'Number of buffer segments', 'segments'),
    segmentSize: take.count(disk, 'Segment size (in blks)', 'sectors'),
    writeSegments: take.count(disk, 'Maximum number of write segments', 'segments'),
    dedicatedWriteSegment: yes(disk, 'Use separate write segment'),
    cacheReads: yes(disk, 'Enable caching in buffer'),
    writeCache: choice(disk, 'Fast write level', WRITE_CACHE),
    queueWrites: yes(disk, 'Allow write prebuffering'),
    hitsOnWrittenData: yes(disk, 'Allow read hits on write data'),
    combineWrites: yes(disk, 'Combine seq writes'),
    readWatermark: number(disk, 'High (read) water mark'),
    writeWatermark: number(disk, 'Low (write) water mark'),
    watermarkOf: yes(disk, 'Set watermark by reqsize') ? 'request' : 'segment',
    almostHits: yes(disk, 'Allow almost read hits'),
    sendPartialHitsAtOnce: yes(disk, 'Immed transfer partial hit'),
    readsBeforeRequest: yes(disk, 'Read any free blocks'),
    zeroLatencyRead: yes(disk, 'Immediate buffer read'),
    zeroLatencyWrite: yes(disk, 'Immediate buffer write'),
    readAhead: {
      until: choice(disk, 'Buffer continuous read', READ_AHEAD),
      minimum: take.count(disk, 'Minimum read-ahead (blks)', 'sectors'),
      maximum: take.count(disk, 'Maximum read-ahead (blks)', 'sectors'),
      overRequested: optionalNumber(disk, 'Read-ahead over requested', 0) === 1,
      onIdleHit: yes(disk, 'Read-ahead on idle hit'),
      stopsWithinSector: yes(disk, 'Stop prefetch in sector'),
    },
    source: take.provenance(disk).source,
  };
}

interface Found {
  readonly disk: Block;
  readonly buses: readonly Block[];
  readonly controllers: readonly Block[];
}

/** The disk at the end of the topology, and what lies on the way to it. */
function findDisk(parameters: ParameterFile, file: string): Found {
  const blockFor = (name: string): Block | undefined => {
    const type = parameters.instances.find((instance) => instance.names.includes(name))?.type ?? name;
    return parameters.blocks.find((block) => block.name === type);
  };
  const walk = (node: TopologyNode, way: readonly Block[]): Found | null => {
    const block = blockFor(node.name);
    if (node.type === 'disksim_disk') {
      if (block?.type !== 'disksim_disk')
        throw new InputError({ file, message: `no parameters for the disk "${node.name}"` });
      return {
        disk: block,
        buses: way.filter((b) => b.type === 'disksim_bus'),
        controllers: way.filter((b) => b.type === 'disksim_ctlr'),
      };
    }
    for (const below of node.below) {
      const found = walk(below, block === undefined ? way : [...way, block]);
      if (found !== null) return found;
    }
    return null;
  };
  const inTopology = parameters.topology === null ? null : walk(parameters.topology, []);
  if (inTopology !== null) return inTopology;
  const only = parameters.blocks.filter((block) => block.type === 'disksim_disk');
  if (only.length === 1) return { disk: only[0], buses: [], controllers: [] };
  throw new InputError({
    file,
    message: only.length === 0 ? 'no disk is described here' : 'several disks, and no topology to choose one',
    expected: 'a block "disksim_disk NAME {"',
  });
}

// Access to the parameters of a block, each with its own complaint.

function wrong(block: Block, path: string, message: string, expected?: string): InputError {
  const line = block.values.get(path)?.line ?? block.line;
  return new InputError({ file: block.file, line, path, message, ...(expected === undefined ? {} : { expected }) });
}

function required(block: Block, name: string): Value {
  const value = block.values.get(name);
  if (value === undefined) throw wrong(block, name, `is missing in "${block.type} ${block.name}"`.trim());
  return value;
}

function number(block: Block, name: string): number {
  const value = required(block, name).value;
  if (typeof value !== 'number') throw wrong(block, name, 'is not a number');
  return value;
}

function optionalNumber(block: Block, name: string, otherwise: number): number {
  return block.values.has(name) ? number(block, name) : otherwise;
}

function integer(block: Block, name: string, least: number): number {
  const value = number(block, name);
  if (!Number.isSafeInteger(value) || value < least)
    throw wrong(block, name, `${value} is out of range`, `a whole number of at least ${least}`);
  return value;
}

function yes(block: Block, name: string): boolean {
  return optionalNumber(block, name, 0) !== 0;
}

function word(block: Block, name: string): string {
  const value = required(block, name).value;
  if (typeof value !== 'string') throw wrong(block, name, 'is not a word');
  return value;
}

function choice<T>(block: Block, name: string, choices: readonly T[]): T {
  const value = number(block, name);
  const chosen = choices[value];
  if (chosen === undefined) throw wrong(block, name, `${value} is not known`, `0 to ${choices.length - 1}`);
  return chosen;
}

function list(block: Block, name: string): readonly Value[] {
  const value = required(block, name).value;
  if (!Array.isArray(value)) throw wrong(block, name, 'is not a list');
  return value as readonly Value[];
}

function integers(block: Block, name: string): number[] {
  return list(block, name).map((item) => {
    if (typeof item.value !== 'number' || !Number.isSafeInteger(item.value) || item.value < 0) {
      throw new InputError({
        file: item.file,
        line: item.line,
        path: name,
        message: 'not a place on the disk',
        expected: 'whole, non-negative numbers',
      });
    }
    return item.value;
  });
}

function blockOf(block: Block, name: string, read: ReadSource): Block {
  return asBlock(required(block, name), read);
}

function asBlock(value: Value, read: ReadSource): Block {
  const content = value.value;
  if (typeof content === 'object' && 'source' in content) {
    return parseBlockFile(readAt(read, content.source, content.file, content.line), content.source);
  }
  if (typeof content === 'object' && 'values' in content && !Array.isArray(content)) return content as Block;
  throw new InputError({ file: value.file, line: value.line, message: 'a block should stand here' });
}

function baseName(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
