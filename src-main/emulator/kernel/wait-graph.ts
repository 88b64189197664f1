import {
  findKnot,
  type WaitEdge,
  type WaitForGraph,
  type WaitKind,
  type WaitNode,
  type WaitVerdict,
} from '#model/wait-for';
import type { KernelFile } from './file.ts';
import { FolioFlag, NOBODY, NO_FOLIO } from './folios.ts';
import type { Kernel } from './kernel.ts';
import type { Task } from './task.ts';
import { backed } from './page-blocks.ts';

/** Most folios a graph shows of those that could give frames back: a person has to read it. */
const MOST_FOLIOS = 64;

/** Who waits for whom, from what each task waits for and what each resource needs to be given back. */
export function waitForGraph(k: Kernel, verdict: WaitVerdict, retrying: Task | null): WaitForGraph {
  const builder = new Builder(k);
  for (const task of k.tasks) {
    if (task.done || task.wait?.kind === 'idle' || (task.wait === null && task !== retrying && verdict === 'deadlock'))
      continue;
    builder.task(task, task === retrying);
  }
  const { nodes, edges } = builder;
  return { nodes, edges, knot: findKnot(nodes, edges), verdict };
}

class Builder {
  readonly nodes: WaitNode[] = [];
  readonly edges: WaitEdge[] = [];
  private readonly known = new Set<string>();
  private readonly k: Kernel;

  constructor(k: Kernel) {
    this.k = k;
  }

  task(task: Task, retrying: boolean): void {
    const id = this.thread(task);
    const { wait } = task;
    if (retrying || wait === null) {
      this.edge(id, this.frames(), 'retries for want of frames');
      return;
    }
    switch (wait.kind) {
      case 'frames':
        this.edge(id, this.frames(), wait.label);
        return;
      case 'folio-lock':
        this.edge(id, this.lock(wait.of), wait.label);
        return;
      case 'reservation':
        this.edge(id, this.space(), wait.label);
        return;
      case 'inode': {
        const file = this.k.files[wait.of];
        const node = this.node(`inode:${file.id}`, 'inode', `inode of ${file.name}`);
        this.edge(id, node, wait.label);
        if (file.inodeOwner !== NOBODY) this.edge(node, this.thread(this.k.tasks[file.inodeOwner]), 'is held by it');
        return;
      }
      case 'journal':
        this.edge(id, this.journal(), wait.label);
        return;
      case 'io':
        this.edge(
          id,
          this.node(
            'io',
            'io',
            this.k.io.pending > 0 ? `${this.k.io.pending} requests under way` : 'no request under way',
          ),
          wait.label,
        );
        return;
      default:
        return;
    }
  }

  private thread(task: Task): string {
    return this.node(`thread:${task.name}`, 'thread', task.name);
  }

  /** The running transaction, and the open handles that must end before it is committed. */
  private journal(): string {
    const { holders, locked } = this.k.journal!;
    const handles = `${holders.length} open handle${holders.length === 1 ? '' : 's'}`;
    const id = this.node('journal', 'journal', `journal transaction, ${locked ? 'locked, ' : ''}${handles}`);
    for (const holder of holders) this.edge(id, this.thread(holder), 'waits for its handle to end');
    return id;
  }

  private lock(folio: number): string {
    const { folios } = this.k;
    const page = folios.index[folio];
    const node = this.node(`lock:${folios.file[folio]}:${page}`, 'folio-lock', `lock of page ${page}`);
    const owner = folios.owner[folio];
    if (owner !== NOBODY) this.edge(node, this.thread(this.k.tasks[owner]), 'is held by it');
    return node;
  }

  /** The free frames, and everything that could give one back. */
  private frames(): string {
    const { k } = this;
    return this.given(
      'frames',
      'frames',
      `${k.frames.free} of ${k.frames.count} frames free, ${k.minFree} kept for reclaim`,
      false,
    );
  }

  /** The free space of the volume, and the dirty folios whose writing could give some back. */
  private space(): string {
    const KiB = (Math.max(0, this.k.fs.available) * this.k.fs.blockBytes) / 1024;
    return this.given('space', 'reservation', `${KiB} KiB of space free`, true);
  }

  /** A counted resource, and the folios that would give some of it back. */
  private given(name: string, kind: WaitKind, label: string, dirty: boolean): string {
    const { k } = this;
    const known = this.known.has(name);
    const id = this.node(name, kind, label);
    if (known) return id;
    let shown = 0;
    for (const file of k.files) {
      for (let page = file.index.next(0, dirty); page !== Infinity && shown < MOST_FOLIOS;) {
        const folio = file.index.get(page);
        page = file.index.next(k.folios.index[folio] + k.folios.pages(folio), dirty);
        if (dirty && (k.folios.flags[folio] & FolioFlag.dirty) === 0) continue;
        this.edge(id, this.folio(file, folio), 'would be given back by');
        shown++;
      }
    }
    return id;
  }

  /** A folio, and what it takes before its frames are free. */
  private folio(file: KernelFile, folio: number): string {
    const { k } = this;
    const flags = k.folios.flags[folio];
    const page = k.folios.index[folio];
    const dirty = (flags & FolioFlag.dirty) !== 0;
    const known = this.known.has(`folio:${file.id}:${page}`);
    const id = this.node(
      `folio:${file.id}:${page}`,
      'folio',
      `${dirty ? 'dirty' : (flags & FolioFlag.writeback) !== 0 ? 'written' : 'clean'} page ${page}`,
    );
    if (known) return id;
    const owner = k.folios.owner[folio];
    if (owner !== NOBODY) this.edge(id, this.lock(folio), 'is locked');
    if (dirty) {
      const unit = k.fs.pagesPerBlock;
      let absent = 0;
      if (unit > 1 && !backed(k, file, page, k.folios.pages(folio))) {
        const first = page - (page % unit);
        for (let p = first; p < Math.min(first + unit, file.pages); p++) if (file.index.get(p) === NO_FOLIO) absent++;
      }
      // A companion that is already being collected counts as present; its owner needs the rest.
      if (absent > 0)
        this.edge(id, this.frames(), `cleaning it needs ${absent} more frame${absent === 1 ? '' : 's'} for its block`);
      // It needs nothing but somebody to write it: a task that waits for memory writes nothing else meanwhile.
      const flusher = k.tasks.find((task) => task.name === 'flusher');
      const waits = flusher !== undefined && flusher.wait !== null && flusher.wait.kind !== 'idle';
      if (absent === 0 && waits && owner !== flusher.id)
        this.edge(id, this.thread(flusher), 'waits for it to be written');
    }
    return id;
  }

  private node(id: string, kind: WaitKind, label: string): string {
    if (!this.known.has(id)) {
      this.known.add(id);
      this.nodes.push({ id, kind, label });
    }
    return id;
  }

  private edge(from: string, to: string, label: string): void {
    if (!this.edges.some((edge) => edge.from === from && edge.to === to)) this.edges.push({ from, to, label });
  }
}
