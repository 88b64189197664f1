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

/** Characters; a request takes some 50. */
const LONGEST_LINE = 1000;
/** An hour: nothing that one request takes, or waits for. */
const LONGEST_US = 3600e6;
const EXPECTED = 'R|W BUFFER-ACTION LBN BLOCKS SERVICE_US NEXT_US';

/**
 * Reads a stream of DiskSim's validation set. Throws {@link InputError} with the line of the first
 * request that is not one; `limit` is the size of the disk in sectors.
 */
export function parseServiceTrace(text: string, file: string, limit = Infinity): ServiceTrace {
  const most = countLines(text);
  const write = new Uint8Array(most);
  const sector = new Float64Array(most);
  const sectors = new Float64Array(most);
  const serviceUs = new Float64Array(most);
  const nextUs = new Float64Array(most);
  let count = 0;
  let number = 0;
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    number++;
    const wrong = (message: string, expected = EXPECTED): InputError =>
      new InputError({ file, line: number, message, expected });
    if (to - from > LONGEST_LINE) throw wrong('a line too long to be a request');
    const line = text.slice(from, to).trim();
    from = to + 1;
    if (line === '') continue;
    const fields = line.split(/\s+/);
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
    if (!(service > 0 && service <= LONGEST_US)) throw wrong('not a service time', 'microseconds');
    if (!(next >= 0 && next <= LONGEST_US)) throw wrong('not a think time', 'microseconds');
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

function countLines(text: string): number {
  let lines = 1;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines++;
  return lines;
}
