import type { PauseSwitch } from '#lab/pause';
import type { Stopwatch } from '#lab/stopwatch';

/** What of standard input is needed: a terminal whose keys can be read one by one. */
export interface KeyInput {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
  on(event: 'data', listener: (data: Buffer) => void): unknown;
  off(event: 'data', listener: (data: Buffer) => void): unknown;
  resume(): unknown;
  pause(): unknown;
}

const KEYS = { p: 0x70, space: 0x20, ctrlC: 0x03, ctrlZ: 0x1a };
const BEAT_MS = 250;

/**
 * Lets the person at a terminal pause and continue with `p`; Ctrl+C cancels and Ctrl+Z stops the process as ever,
 * which raw keys would otherwise swallow. Time in which the process was stopped does not count as work.
 * @returns how to end it
 */
export function pauseByKeys(pause: PauseSwitch, watch: Stopwatch, input: KeyInput, cancel: () => void): () => void {
  let lastBeat = performance.now();
  const beat = setInterval(() => (lastBeat = performance.now()), BEAT_MS);
  beat.unref();
  const raw = input.isTTY === true && input.setRawMode !== undefined;
  const onContinued = (): void => {
    if (!pause.paused) watch.lose(Math.max(0, performance.now() - lastBeat));
    if (raw) input.setRawMode?.(true);
  };
  const onData = (data: Buffer): void => {
    for (const key of data) {
      if (key === KEYS.p || key === KEYS.space) pause.set(!pause.paused);
      else if (key === KEYS.ctrlC) cancel();
      else if (key === KEYS.ctrlZ) {
        input.setRawMode?.(false);
        process.kill(process.pid, 'SIGTSTP');
      }
    }
  };
  process.on('SIGCONT', onContinued);
  if (raw) {
    input.setRawMode?.(true);
    input.on('data', onData);
    input.resume();
  }
  return () => {
    clearInterval(beat);
    process.off('SIGCONT', onContinued);
    if (!raw) return;
    input.off('data', onData);
    input.setRawMode?.(false);
    input.pause();
  };
}
