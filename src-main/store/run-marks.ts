import * as v from 'valibot';
import { LONGEST_MARK_TEXT, MARK_ID, MARK_KINDS, MOST_MARKS, type KeptMark, type RunMark } from '#model/mark';
import { InputError } from '#model/problem';
import { canonicalJson, validate } from '#model/validate';
import { checksumOf } from './codec.ts';
import type { Db } from './database.ts';
import { damaged } from './failures.ts';

const time = v.pipe(v.number(), v.finite(), v.minValue(0));
const id = v.pipe(v.string(), v.regex(MARK_ID, 'lower-case letters, digits and hyphens'));

const markSchema = v.pipe(
  v.strictObject({
    id,
    kind: v.picklist(MARK_KINDS),
    from: time,
    to: time,
    event: v.pipe(v.number(), v.integer(), v.minValue(-1)),
    text: v.pipe(v.string(), v.maxLength(LONGEST_MARK_TEXT)),
  }),
  v.check(({ from, to }) => from <= to, 'a mark that does not end before it begins'),
);

/** Marks as a bundle carries them. */
export const keptMarksSchema = v.pipe(
  v.array(
    v.pipe(
      v.object({ id, changedAt: v.string(), mark: v.nullable(markSchema) }),
      v.check((kept) => kept.mark === null || kept.mark.id === kept.id, 'a mark under its own id'),
    ),
  ),
  v.maxLength(2 * MOST_MARKS),
);

/** A row of table marks. */
interface MarkRow {
  readonly id: string;
  /** The mark in JSON, empty once it was removed. */
  readonly data: string;
  readonly changed_at: string;
  readonly checksum: number;
}

/** Everything known of a run's marks, removed ones too, by id. @throws StoreFailure when a row is not what was written */
export function keptMarksOf(db: Db, run: number, file: string): KeptMark[] {
  const rows = db
    .prepare<[number], MarkRow>('SELECT id, data, changed_at, checksum FROM marks WHERE run = ? ORDER BY id')
    .all(run);
  return rows.map((row) => {
    if (row.checksum !== checksumOfRow(row)) throw damaged(file, 'a mark of a run');
    return { id: row.id, changedAt: row.changed_at, mark: row.data === '' ? null : (JSON.parse(row.data) as RunMark) };
  });
}

/** The marks there are, by time. */
export function marksIn(kept: readonly KeptMark[]): RunMark[] {
  return kept
    .flatMap(({ mark }) => (mark === null ? [] : [mark]))
    .sort((x, y) => x.from - y.from || (x.id < y.id ? -1 : 1));
}

/** Sets a mark, new or changed. @throws InputError when it is not one, or there are too many */
export function putMark(db: Db, run: number, given: RunMark, changedAt: string): void {
  const mark = validate(markSchema, given, 'mark');
  const others = db.prepare<[number, string], number>('SELECT count(*) FROM marks WHERE run = ? AND id <> ?').pluck();
  if ((others.get(run, mark.id) ?? 0) >= MOST_MARKS)
    throw new InputError({ message: `the run has ${MOST_MARKS} marks already`, expected: 'one to be removed first' });
  keep(db, run, { id: mark.id, changedAt, mark });
}

/** Removes a mark; what is not there stays away. */
export function removeMark(db: Db, run: number, mark: string, changedAt: string): void {
  const known = db.prepare<[number, string], number>('SELECT 1 FROM marks WHERE run = ? AND id = ?').pluck();
  if (known.get(run, mark) !== undefined) keep(db, run, { id: mark, changedAt, mark: null });
}

/**
 * Takes in what another library knows of a run's marks. Of two versions the later stays, of equally late ones the
 * greater text: so merging gives the same in whatever order and however often.
 */
export function mergeMarks(db: Db, run: number, theirs: readonly KeptMark[], file: string): void {
  const ours = new Map(keptMarksOf(db, run, file).map((kept) => [kept.id, kept]));
  const rank = ({ changedAt, mark }: KeptMark): string => `${changedAt}\u0000${canonicalJson(mark)}`;
  for (const kept of theirs) {
    const known = ours.get(kept.id);
    if (known === undefined || rank(kept) > rank(known)) keep(db, run, kept);
  }
}

function keep(db: Db, run: number, { id: mark, changedAt, mark: value }: KeptMark): void {
  const row = { id: mark, data: value === null ? '' : canonicalJson(value), changed_at: changedAt };
  db.prepare('INSERT OR REPLACE INTO marks (run, id, data, changed_at, checksum) VALUES (?, ?, ?, ?, ?)').run(
    run,
    row.id,
    row.data,
    row.changed_at,
    checksumOfRow(row),
  );
}

function checksumOfRow(row: Omit<MarkRow, 'checksum'>): number {
  return checksumOf([row.id, row.data, row.changed_at].join('\u0000'));
}
