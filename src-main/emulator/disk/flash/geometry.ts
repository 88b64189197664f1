import type { AllocationOrder } from '#model/disk';
import type { FlashParameters } from './parameters.ts';

/**
 * Where things are: planes are numbered channel by channel, chip by chip, die by die; a page's number is
 * plane, block and page in that order.
 */
export class Geometry {
  readonly planes: number;
  readonly planesPerDie: number;
  /** What takes one command at a time: a die, or a chip whose dies are not independent. */
  readonly units: number;
  readonly unitsPerChannel: number;
  readonly pagesPerPlane: number;
  readonly pagesPerBlock: number;
  readonly blocksPerPlane: number;
  readonly physicalPages: number;
  /** Pages the host sees. */
  readonly logicalPages: number;
  readonly sectorsPerPage: number;
  /** Plane of a logical page, by the page's number modulo `planes`. */
  readonly planeOf: Int32Array;
  readonly unitOfPlane: Int32Array;
  readonly channelOfUnit: Int32Array;
  /** Die within its unit, and plane within its die, for multi-plane commands. */
  readonly dieOfPlane: Int32Array;
  readonly bitOfPlane: Int32Array;

  constructor(p: FlashParameters) {
    // Whole numbers as the engine keeps them: figures of a document come as doubles, whose remainders are slow.
    const c = p.channels | 0;
    const w = p.chipsPerChannel | 0;
    const d = p.diesPerChip | 0;
    const n = p.planesPerDie | 0;
    this.planes = c * w * d * n;
    this.planesPerDie = n;
    this.unitsPerChannel = p.independentDies ? w * d : w;
    this.units = this.unitsPerChannel * c;
    this.pagesPerBlock = p.pagesPerBlock | 0;
    this.blocksPerPlane = p.blocksPerPlane | 0;
    this.pagesPerPlane = this.blocksPerPlane * this.pagesPerBlock;
    this.physicalPages = this.planes * this.pagesPerPlane;
    this.logicalPages = Math.floor(this.physicalPages * (1 - p.overProvisioning)) | 0;
    this.sectorsPerPage = (p.pageBytes / 512) | 0;
    this.planeOf = allocationTable(p.allocation, c, w, d, n);
    this.unitOfPlane = new Int32Array(this.planes);
    this.dieOfPlane = new Int32Array(this.planes);
    this.bitOfPlane = new Int32Array(this.planes);
    this.channelOfUnit = new Int32Array(this.units);
    for (let plane = 0; plane < this.planes; plane++) {
      const die = Math.floor(plane / n);
      const chip = Math.floor(die / d);
      this.unitOfPlane[plane] = p.independentDies ? die : chip;
      this.dieOfPlane[plane] = p.independentDies ? 0 : die % d;
      this.bitOfPlane[plane] = 1 << (plane % n);
    }
    for (let unit = 0; unit < this.units; unit++) this.channelOfUnit[unit] = Math.floor(unit / this.unitsPerChannel);
  }
}

/** The letters name what changes fastest first: C channel, W chip (way), D die, P plane. */
function allocationTable(order: AllocationOrder, c: number, w: number, d: number, n: number): Int32Array {
  const total = c * w * d * n;
  const table = new Int32Array(total);
  for (let page = 0; page < total; page++) {
    let rest = page;
    let channel = 0;
    let chip = 0;
    let die = 0;
    let plane = 0;
    for (const letter of order) {
      const size = letter === 'C' ? c : letter === 'W' ? w : letter === 'D' ? d : n;
      const at = rest % size;
      rest = (rest - at) / size;
      if (letter === 'C') channel = at;
      else if (letter === 'W') chip = at;
      else if (letter === 'D') die = at;
      else plane = at;
    }
    table[page] = ((channel * w + chip) * d + die) * n + plane;
  }
  return table;
}
