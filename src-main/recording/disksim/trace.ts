import { InputError } from '#model/problem';

/** A recorded stream of requests, one after the other, in columns. */
export interface ServiceTrace {
  readonly count: number;
  /** 1 for a write. */
  readonly write: Uint8Array;
  readonly sector: Float64Array;
  readonly sectors: Float64Array;
  /** What the drive took, us. */
  readonly serviceUs: Float64Array;
  /** From this request's completion to the arrival of the next one, us. */
  readonly nextUs: Float64Array;
}

const EXPECTED = 'R|W BUFFER-ACTION LBN BLOCKS SERVICE_US NEXT_US';

/**
 * Reads a stream of DiskSim's validation set. Throws {@link InputError} with the line of the first
 * request that is not one; `limit` is the size of the disk in sectors.
 */
export function parseServiceTrace(text: string, file: string, limit = Infinity): ServiceTrace {
  const lines = text.split('\n');
  const write = new Uint8Array(lines.length);
  const sector = new Float64Array(lines.length);
  const sectors = new Float64Array(lines.length);
  const serviceUs = new Float64Array(lines.length);
  const nextUs = new Float64Array(lines.length);
  let count = 0;
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i].trim();
    if (line === '') continue;
    const fields = line.split(/\s+/);
    const wrong = (message: string, expected = EXPECTED): InputError =>
      new InputError({ file, line: i + 1, message, expected });
    if (fields.length !== 6)
      throw wrong(`${fields.length === 1 ? 'one field' : `${fields.length} fields`} where six should stand`);
    if (fields[0] !== 'R' && fields[0] !== 'W') throw wrong('neither a read nor a write');
    const first = Number(fields[2]);
    const length = Number(fields[3]);
    const service = Number(fields[4]);
    const next = Number(fields[5]);
    if (!Number.isSafeInteger(first) || first < 0) throw wrong('not a block number');
    if (!Number.isSafeInteger(length) || length < 1) throw wrong('not a number of blocks');
    if (first + length > limit) throw wrong('beyond the end of the disk', `blocks below ${limit}`);
    if (!(service > 0) || !Number.isFinite(service)) throw wrong('not a service time');
    if (!(next >= 0) || !Number.isFinite(next)) throw wrong('not a think time');
    write[count] = fields[0] === 'W' ? 1 : 0;
    sector[count] = first;
    sectors[count] = length;
    serviceUs[count] = service;
    nextUs[count] = next;
    count++;
  }
  if (count === 0) throw new InputError({ file, message: 'no request found', expected: EXPECTED });
  return {
    count,
    write: write.subarray(0, count),
    sector: sector.subarray(0, count),
    sectors: sectors.subarray(0, count),
    serviceUs: serviceUs.subarray(0, count),
    nextUs: nextUs.subarray(0, count),
  };
}
