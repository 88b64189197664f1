/** Prints one JSON document on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Prints a line on standard output. */
export function printLine(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Tells people something that is no result, on standard error. */
export function tell(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** One column of a table. */
export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string;
  /** Numbers are aligned right. */
  readonly align?: 'left' | 'right';
}

/** Lines of a table in plain text, columns two spaces apart, titles underlined. */
export function formatTable<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string[] {
  const cells = rows.map((row) => columns.map((column) => column.value(row)));
  const widths = columns.map((column, i) => Math.max(column.title.length, ...cells.map((line) => line[i].length)));
  const line = (values: readonly string[]): string =>
    values
      .map((cell, i) => (columns[i].align === 'right' ? cell.padStart(widths[i]) : cell.padEnd(widths[i])))
      .join('  ')
      .trimEnd();
  return [
    line(columns.map((column) => column.title)),
    line(widths.map((width) => '─'.repeat(width))),
    ...cells.map(line),
  ];
}

/** Shows progress on standard error: one line that is rewritten on a terminal, a line now and then elsewhere. */
export class ProgressLine {
  private readonly started = performance.now();
  private shown = 0;
  private wrote = false;

  /** Told at most every 100 ms on a terminal, every 2 s elsewhere. */
  show(label: string, done: number, total: number, note = ''): void {
    const share = total > 0 ? Math.min(1, done / total) : 0;
    const elapsed = performance.now() - this.started;
    const left = share > 0.01 ? `, ${formatLeft((elapsed * (1 - share)) / share)} left` : '';
    this.line(`${label}: ${Math.floor(share * 100)} %${left}${note === '' ? '' : `, ${note}`}`);
  }

  /** The same with a text of one's own; `now` tells it whatever was told a moment ago. */
  line(text: string, now = false): void {
    const at = performance.now();
    if (!now && at - this.shown < (process.stderr.isTTY ? 100 : 2000)) return;
    this.shown = at;
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
    else process.stderr.write(`${text}\n`);
    this.wrote = true;
  }

  /** Clears the line. */
  end(): void {
    if (this.wrote && process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}

/** Milliseconds of work left, for people. */
export function formatLeft(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}
