import { IntMap } from './int-map.ts';

const NONE = -1;
const State = { free: 0, dirty: 1, programming: 2 } as const;

/** Programs a plane has under way from the buffer at once: one executing, one ready to follow. */
const PROGRAMS_PER_PLANE = 2;

/**
 * The drive's write buffer: pages wait here for their program. A page is merged into one that still waits
 * for the same logical page. Generations tell a flush which pages it must wait for: each flush closes one.
 */
export class WriteBufferSlots {
  readonly capacity: number;
  used = 0;
  /** Generation that pages written now belong to. */
  generation = 0;
  readonly page: Int32Array;
  readonly sectors: Int32Array;
  readonly #generationOf: Int32Array;
  readonly #state: Uint8Array;
  readonly #next: Int32Array;
  readonly #map: IntMap;
  #free = 0;
  /** Dirty pages of each plane, oldest first, and programs under way. */
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #programs: Uint8Array;
  /** Pages in the buffer by generation, a ring; the oldest generation that has any. */
  #counts = new Int32Array(64);
  #oldest = 0;

  constructor(capacity: number, planes: number) {
    this.capacity = capacity;
    this.page = new Int32Array(capacity);
    this.sectors = new Int32Array(capacity);
    this.#generationOf = new Int32Array(capacity);
    this.#state = new Uint8Array(capacity);
    this.#next = new Int32Array(capacity);
    for (let i = 0; i < capacity; i++) this.#next[i] = i + 1 < capacity ? i + 1 : NONE;
    this.#map = new IntMap(capacity);
    this.#first = new Int32Array(planes).fill(NONE);
    this.#last = new Int32Array(planes).fill(NONE);
    this.#programs = new Uint8Array(planes);
  }

  /** Takes a page in, merged or in a slot of its own. False when it must wait for a slot. */
  write(page: number, sectors: number, plane: number): boolean {
    const known = this.#map.get(page);
    if (known >= 0 && this.#state[known] === State.dirty) {
      this.sectors[known] |= sectors;
      return true;
    }
    const slot = this.#free;
    if (slot === NONE) return false;
    this.#free = this.#next[slot];
    this.used++;
    this.page[slot] = page;
    this.sectors[slot] = sectors;
    this.#state[slot] = State.dirty;
    this.#generationOf[slot] = this.generation;
    this.#counts[this.generation & (this.#counts.length - 1)]++;
    this.#map.set(page, slot);
    this.#next[slot] = NONE;
    if (this.#last[plane] === NONE) this.#first[plane] = slot;
    else this.#next[this.#last[plane]] = slot;
    this.#last[plane] = slot;
    return true;
  }

  /** Whether all these sectors of a page are in the buffer. */
  holds(page: number, sectors: number): boolean {
    const slot = this.#map.get(page);
    return slot >= 0 && (sectors & ~this.sectors[slot]) === 0;
  }

  /** The next page of a plane to be programmed, NONE when none waits or enough are under way. */
  takeForProgram(plane: number): number {
    const slot = this.#first[plane];
    if (slot === NONE || this.#programs[plane] >= PROGRAMS_PER_PLANE) return NONE;
    this.#first[plane] = this.#next[slot];
    if (this.#first[plane] === NONE) this.#last[plane] = NONE;
    this.#state[slot] = State.programming;
    this.#programs[plane]++;
    return slot;
  }

  /** A page is on flash: its slot is free. */
  programmed(slot: number, plane: number): void {
    this.#programs[plane]--;
    if (this.#map.get(this.page[slot]) === slot) this.#map.delete(this.page[slot]);
    this.#counts[this.#generationOf[slot] & (this.#counts.length - 1)]--;
    this.#state[slot] = State.free;
    this.#next[slot] = this.#free;
    this.#free = slot;
    this.used--;
  }

  /** Closes the current generation and returns it: what was written so far. */
  closeGeneration(): number {
    if (this.generation - this.#oldest + 2 > this.#counts.length) {
      const larger = new Int32Array(this.#counts.length * 2);
      for (let g = this.#oldest; g <= this.generation; g++) {
        larger[g & (larger.length - 1)] = this.#counts[g & (this.#counts.length - 1)];
      }
      this.#counts = larger;
    }
    this.#counts[(this.generation + 1) & (this.#counts.length - 1)] = 0;
    return this.generation++;
  }

  /** Whether all pages of a generation, and of those before it, are on flash. */
  isDurable(generation: number): boolean {
    while (this.#oldest < this.generation && this.#counts[this.#oldest & (this.#counts.length - 1)] === 0)
      this.#oldest++;
    return this.#oldest > generation;
  }
}
