import { InputError } from '#model/problem';
import type { Block, Value } from './syntax.ts';

/** A point of a seek table: distance in cylinders, ms. */
export type SeekPoint = [number, number];

/** Reads a `.seek` file: `distance, milliseconds` a line after a line of heading. */
export function parseSeekFile(text: string, file: string): SeekPoint[] {
  const points = new Map<number, number>();
  let line = 0;
  for (const raw of text.split('\n')) {
    line++;
    const content = raw.trim();
    if (content === '' || /^Seek distances measured/i.test(content) || content.startsWith('#')) continue;
    const fields = content.split(/[\s,]+/);
    const distance = Number(fields[0]);
    const ms = Number(fields[1]);
    if (fields.length < 2 || !Number.isInteger(distance) || distance < 1 || !(ms >= 0) || !Number.isFinite(ms)) {
      throw new InputError({
        file,
        line,
        message: 'not a point of a seek curve',
        expected: 'a distance in cylinders and a time in ms',
      });
    }
    points.set(distance, ms);
  }
  if (points.size === 0)
    throw new InputError({ file, message: 'no seek times found', expected: '"distance, milliseconds" lines' });
  return [...points].sort((a, b) => a[0] - b[0]);
}

/** Beyond this distance a curve by formula is sampled rather than written out cylinder by cylinder. */
const EVERY_CYLINDER = 400;

/**
 * Seek times by one of DiskSim's formulas, written out as points: `constant`, `linear`, `curve` (Lee
 * and Katz), `hpl` and `hplplus10` (Ruemmler and Wilkes, IEEE Computer, March 1994).
 */
export function seekByFormula(mechanics: Block, type: string, cylinders: number): SeekPoint[] {
  const ms = formula(mechanics, type, cylinders);
  const points: SeekPoint[] = [];
  let distance = 1;
  while (distance < cylinders) {
    points.push([distance, Math.round(ms(distance) * 1e6) / 1e6]);
    distance += distance < EVERY_CYLINDER ? 1 : Math.max(1, Math.floor(distance / 50));
  }
  if (cylinders > 2 && points[points.length - 1][0] !== cylinders - 1) {
    points.push([cylinders - 1, Math.round(ms(cylinders - 1) * 1e6) / 1e6]);
  }
  return points;
}

function formula(mechanics: Block, type: string, cylinders: number): (distance: number) => number {
  const one = (name: string): number => numberOf(mechanics, name);
  switch (type) {
    case 'constant': {
      const time = one('Constant seek time');
      return () => time;
    }
    case 'linear': {
      const [single, average, full] = [
        one('Single cylinder seek time'),
        one('Average seek time'),
        one('Full strobe seek time'),
      ];
      return (d) =>
        d <= cylinders / 3
          ? single + ((average - single) * (3 * (d - 1))) / cylinders
          : average + ((full - average) * (3 * d - cylinders)) / (2 * cylinders);
    }
    case 'curve': {
      // Lee and Katz: a sqrt(d - 1) + b (d - 1) + c through the three times.
      const [single, average, full] = [
        one('Single cylinder seek time'),
        one('Average seek time'),
        one('Full strobe seek time'),
      ];
      const root = Math.sqrt(cylinders);
      const a = (-10 * single + 15 * average - 5 * full) / (3 * root);
      const b = (7 * single - 15 * average + 8 * full) / (3 * cylinders);
      return (d) => a * Math.sqrt(d - 1) + b * (d - 1) + single;
    }
    case 'hpl':
    case 'hplplus10': {
      const v = numbersOf(mechanics, 'HPL seek equation values', 6);
      const firstTen = type === 'hplplus10' ? numbersOf(mechanics, 'First ten seek times', 10) : [];
      return (d) => {
        if (d <= firstTen.length) return firstTen[d - 1];
        if (d === 1 && v[5] !== -1) return v[5];
        return d < v[0] ? v[1] + v[2] * Math.sqrt(d) : v[3] + v[4] * d;
      };
    }
    default:
      throw new InputError({
        file: mechanics.file,
        line: mechanics.line,
        path: 'Seek type',
        message: `"${type}" is not known`,
        expected: 'extracted, hplplus10, hpl, curve, linear or constant',
      });
  }
}

function numberOf(block: Block, name: string): number {
  const value = block.values.get(name);
  if (value === undefined || typeof value.value !== 'number') {
    throw new InputError({
      file: block.file,
      line: value?.line ?? block.line,
      path: name,
      message: 'missing or not a number',
    });
  }
  return value.value;
}

function numbersOf(block: Block, name: string, count: number): number[] {
  const value = block.values.get(name);
  const list = Array.isArray(value?.value) ? (value.value as readonly Value[]) : [];
  const numbers = list.map((item) => item.value).filter((x) => typeof x === 'number');
  if (numbers.length !== count || list.length !== count) {
    throw new InputError({
      file: block.file,
      line: value?.line ?? block.line,
      path: name,
      message: 'missing or incomplete',
      expected: `${count} numbers`,
    });
  }
  return numbers;
}
