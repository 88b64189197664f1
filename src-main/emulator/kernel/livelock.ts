import type { Task } from './task.ts';

/** Thrown when a run cannot come to an end: it is not waiting, it retries for ever. */
export class Livelock extends Error {
  readonly task: Task;
  readonly retries: number;

  constructor(task: Task, retries: number) {
    super(`${task.name} retried ${retries} times and freed nothing`);
    this.task = task;
    this.retries = retries;
  }
}
