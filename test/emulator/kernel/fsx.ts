import { AccessKind, AccessOrder } from '#emulator/cpu/access';
import { StopReason } from '#emulator/cpu/processor';
import type { Vma } from '#emulator/kernel/address-space';
import { Contents } from '#emulator/kernel/contents';
import { handleFault } from '#emulator/kernel/fault';
import { FolioFlag } from '#emulator/kernel/folios';
import type { KernelFile } from '#emulator/kernel/file';
import type { Kernel } from '#emulator/kernel/kernel';
import * as sys from '#emulator/kernel/syscalls';
import type { Op, Task } from '#emulator/kernel/task';
import { simulate } from '#emulator/simulation';
import type { PolicyId } from '#model/policies';
import { planOf } from './plan.ts';
import { firstBlock } from '#emulator/kernel/page-blocks';

const PAGE = 4096;

export interface FsxChoice {
  readonly kernel: string;
  readonly filesystem: string;
  readonly policy?: PolicyId;
  readonly memory: string;
  /** Largest size of the file, bytes. */
  readonly largest: number;
}

export interface FsxResult {
  readonly operations: number;
  readonly verdict: string;
  /** The first difference, for people; null when there is none. */
  readonly difference: string | null;
}

class Random {
  private state: number;
  constructor(seed: number) {
    this.state = seed >>> 0 || 1;
  }
  below(n: number): number {
    // xorshift32
    let x = this.state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.state = x >>> 0;
    return this.state % n;
  }
}

class Difference extends Error {}

/** Random operations on one file, each compared with an array of bytes (fsx, of xfstests). */
export function fsx(choice: FsxChoice, seed: number, operations: number): FsxResult {
  const plan = planOf(
    {
      memory: choice.memory,
      files: [{ name: 'file', size: `${choice.largest} B` }],
      mappings: [{ name: 'map', file: 'file' }],
      threads: [{ name: 'main', steps: [{ do: 'sleep', time: '1 ns' }] }],
    },
    choice,
  );
  const contents = new Contents();
  let done = 0;
  try {
    const outcome = simulate(plan, { batch: () => undefined, progress: () => undefined }, undefined, {
      contents,
      *program(k, task) {
        const exerciser = new Exerciser(k, task, contents, choice.largest, new Random(seed));
        for (; done < operations; done++) yield* exerciser.operation(done);
      },
    });
    return { operations: done, verdict: outcome.verdict, difference: null };
  } catch (error) {
    if (error instanceof Difference) return { operations: done, verdict: 'different', difference: error.message };
    throw error;
  }
}

class Exerciser {
  private readonly k: Kernel;
  private readonly task: Task;
  private readonly contents: Contents;
  private readonly random: Random;
  private readonly model: Uint8Array;
  private readonly largest: number;
  private readonly file: KernelFile;
  private readonly vma: Vma;
  private size: number;
  private log: string[] = [];

  constructor(k: Kernel, task: Task, contents: Contents, largest: number, random: Random) {
    this.k = k;
    this.task = task;
    this.contents = contents;
    this.random = random;
    this.largest = largest;
    this.model = new Uint8Array(largest);
    this.size = largest;
    this.file = k.files[0];
    this.vma = task.space!.named('map')!;
  }

  *operation(number: number): Op {
    const { k, task, file, random } = this;
    const from = random.below(Math.max(1, this.size));
    const length = Math.min(1 + random.below(3 * PAGE), this.size - from);
    const kind = random.below(20);
    this.log.push(`${number}: ${kind} at ${from} for ${length}, size ${this.size}`);
    if (this.log.length > 12) this.log.shift();
    if (kind < 5) {
      if (this.size > 0) yield* this.mapWrite(from, length, 1 + (number % 255));
    } else if (kind < 9) {
      if (this.size > 0) yield* this.mapRead(from, length);
    } else if (kind < 11) {
      if (this.size > 0)
        yield* sys.read(k, task, file, from, length, (page, base, start, end) =>
          this.compare(page, base, start, end, 'read'),
        );
    } else if (kind < 13) {
      const bytes = Math.min(1 + random.below(3 * PAGE), this.largest - from);
      const value = 1 + (number % 255);
      const result = yield* sys.write(k, task, file, from, bytes, (page, base, start, end) =>
        page.fill(value, start - base, end - base),
      );
      if (result !== 0) throw new Difference(`write failed with ${result}`);
      this.model.fill(value, from, from + bytes);
      this.size = Math.max(this.size, from + bytes);
    } else if (kind < 15) {
      const size = random.below(this.largest + 1);
      yield* sys.truncate(k, task, file, size);
      if (size < this.size) this.model.fill(0, size, this.size);
      this.size = size;
    } else if (kind < 17) {
      const bytes = Math.min(1 + random.below(10 * PAGE), this.size - from);
      yield* sys.punch(k, task, file, from, bytes);
      this.model.fill(0, from, from + bytes);
    } else if (kind === 17) {
      yield* sys.sync(k, task, file, 0, Infinity, true);
    } else if (kind === 18) {
      yield* sys.dontNeed(k, task, this.vma, this.vma.start, this.vma.pages);
    } else {
      yield* this.beyond();
    }
    if (number % 64 === 0) this.checkFrames();
  }

  private compare(page: Uint8Array, base: number, start: number, end: number, how: string): void {
    for (let at = start; at < end; at++) {
      if (page[at - base] === this.model[at]) continue;
      const lines = [
        `${how}: byte ${at} (page ${Math.floor(at / PAGE)}) is ${page[at - base]}, not ${this.model[at]}`,
        ...this.log,
      ];
      throw new Difference(lines.join('\n'));
    }
  }

  private *mapWrite(from: number, length: number, value: number): Op {
    const { contents, file } = this;
    for (let at = from; at < from + length;) {
      const page = Math.floor(at / PAGE);
      const end = Math.min(from + length, (page + 1) * PAGE);
      if (!(yield* this.touch(at, true)))
        throw new Difference(`SIGBUS at byte ${at} of ${this.size}\n${this.log.join('\n')}`);
      const bytes = contents.page(file, page);
      if (bytes === undefined) throw new Difference(`page ${page} is mapped but not cached\n${this.log.join('\n')}`);
      bytes.fill(value, at - page * PAGE, end - page * PAGE);
      this.model.fill(value, at, end);
      at = end;
    }
  }

  private *mapRead(from: number, length: number): Op {
    for (let at = from; at < from + length;) {
      const page = Math.floor(at / PAGE);
      const end = Math.min(from + length, (page + 1) * PAGE);
      if (!(yield* this.touch(at, false)))
        throw new Difference(`SIGBUS at byte ${at} of ${this.size}\n${this.log.join('\n')}`);
      const bytes = this.contents.page(this.file, page);
      if (bytes === undefined) throw new Difference(`page ${page} is mapped but not cached\n${this.log.join('\n')}`);
      this.compare(bytes, page * PAGE, at, end, 'map read');
      at = end;
    }
  }

  /** Behind the last page there must be SIGBUS. */
  private *beyond(): Op {
    const first = Math.ceil(this.size / PAGE) * PAGE;
    if (first >= this.vma.pages * PAGE) return;
    if (yield* this.touch(first, this.random.below(2) === 1))
      throw new Difference(`no SIGBUS at byte ${first} of ${this.size}\n${this.log.join('\n')}`);
  }

  private *touch(at: number, write: boolean): Op<boolean> {
    const { k, task } = this;
    const { processor } = k;
    processor.begin(task.core, {
      order: AccessOrder.sequential,
      kind: write ? AccessKind.store : AccessKind.load,
      storeShare: 1,
      base: this.vma.start * PAGE + at,
      offset: 0,
      stride: 1,
      slots: 1,
      count: 1,
      width: 1,
      seed: 1,
      skew: 1,
      hotShare: 0,
      hotSlots: 1,
    });
    for (;;) {
      task.coreClock!.settle();
      const reason = processor.run(task.core, k.horizon);
      if (reason === StopReason.done) return true;
      if (reason === StopReason.horizon) {
        yield;
        continue;
      }
      const good = handleFault(k, task);
      if (!(typeof good === 'object' ? yield* good : good)) return false;
    }
  }

  /** Under P5 a page is dirty only when its blocks are there, or space for them. */
  private checkBacked(): void {
    const { k, file } = this;
    for (let page = file.index.next(0, true); page < file.pages; page = file.index.next(page + 1, true)) {
      const folio = file.index.get(page);
      if (!k.folios.has(folio, FolioFlag.dirty)) continue;
      // Of a page in blocks, those behind an older end of the file may be holes still.
      const first = firstBlock(k, page);
      let backed = false;
      for (let block = first; block < first + k.fs.blocksPerPage; block++)
        backed ||= file.blocks.map.state(block) !== 0;
      if (backed) continue;
      throw new Difference(`page ${page} is dirty, and nothing is there for it\n${this.log.join('\n')}`);
    }
  }

  /** Every frame is free, or holds a page of exactly one folio. */
  private checkFrames(): void {
    const { k } = this;
    const held = k.cachedPages + k.anonymousPages;
    if (k.frames.free + held !== k.frames.count)
      throw new Difference(
        `${k.frames.free} frames are free and ${held} in use, of ${k.frames.count}\n${this.log.join('\n')}`,
      );
    if (k.active.pages + k.inactive.pages !== k.cachedPages)
      throw new Difference('the LRU lists and the cache disagree');
    if (k.policy.id.startsWith('P5')) this.checkBacked();
    if (k.dirtyPages < 0 || this.file.index.dirty !== k.dirtyPages) throw new Difference('dirty pages are miscounted');
  }
}
