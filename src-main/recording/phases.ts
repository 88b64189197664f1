import { EventKind } from '#model/events';
import type { ImportContext } from './importer.ts';
import type { Thread } from './threads.ts';
import { ownString } from './text.ts';

/** Phases told apart; a program that marks more than that marks something else. */
const MOST_PHASES = 100_000;

interface OpenPhase {
  readonly thread: Thread;
  readonly name: string;
  readonly event: number;
  readonly startPs: number;
  minor: number;
  major: number;
  sigbus: number;
  readonly instantiatedKiB: number;
}

/**
 * Phases of a recorded run, from what the program wrote into the trace: `PHASE label scenario name` up to
 * `PHASE label scenario end`, or any other mark up to the next one. Faults count for the phase when the program
 * that wrote the mark takes them.
 */
export class Phases {
  private readonly context: ImportContext;
  private open: OpenPhase | null = null;

  constructor(context: ImportContext) {
    this.context = context;
  }

  /** Number of the phase that a fault of the thread belongs to: the next one where none is open. */
  get step(): number {
    return this.context.recording.phases.length;
  }

  mark(time: number, thread: Thread, text: string): void {
    const words = text.trim().split(/\s+/);
    const name = words[0] === 'PHASE' ? (words.at(-1) ?? '') : text.trim();
    const ends = words.at(-1) === 'end' || words.at(-1) === 'done';
    this.close(time);
    if (ends || name === '') return;
    if (this.step >= MOST_PHASES) {
      this.context.leftAside.add('phases beyond the first 100 000');
      return;
    }
    const { recording } = this.context;
    this.open = {
      thread,
      name: ownString(name).slice(0, 200),
      event: recording.add(EventKind.phase, thread.lane, time, 0, 0, this.step, 0, 0, -1),
      startPs: time,
      minor: 0,
      major: 0,
      sigbus: 0,
      instantiatedKiB: recording.counts.instantiatedKiB,
    };
    this.context.taken.add('phases');
  }

  /** Counts a fault, once its outcome is known. */
  fault(thread: Thread, outcome: number): void {
    const phase = this.open;
    if (phase?.thread.comm !== thread.comm) return;
    if (outcome === 1) phase.major++;
    else if (outcome === 2) phase.sigbus++;
    else phase.minor++;
  }

  /** Ends the phase that is open. */
  close(time: number): void {
    const phase = this.open;
    if (phase === null) return;
    const { recording } = this.context;
    recording.setEnd(phase.event, time);
    recording.phases.push({
      thread: phase.thread.number,
      step: this.step,
      name: phase.name,
      startNs: phase.startPs / 1000,
      endNs: Math.max(time, phase.startPs) / 1000,
      minor: phase.minor,
      major: phase.major,
      sigbus: phase.sigbus,
      instantiatedKiB: recording.counts.instantiatedKiB - phase.instantiatedKiB,
      dirtyPages: Math.max(0, recording.counts.dirtyPages),
    });
    this.open = null;
  }
}
