import fc from 'fast-check';
import { expect, it } from 'vitest';
import { TextWriter } from '#export/text-writer';

it('writes numbers as JavaScript does', () => {
  const any = fc.oneof(fc.double(), fc.integer(), fc.maxSafeInteger(), fc.constantFrom(0, -0, 9, 10, 99, 100, 2 ** 31, 2 ** 53)); // prettier-ignore
  fc.assert(
    fc.property(fc.array(any), (values) => {
      const writer = new TextWriter();
      for (const value of values) {
        writer.number(value);
        writer.character(32);
      }
      expect(new TextDecoder().decode(writer.take())).toBe(values.map((value) => `${String(value)} `).join(''));
    }),
  );
});
