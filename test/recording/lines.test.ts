import { describe, expect, it } from 'vitest';
import { InputError } from '#model/problem';
import { LineReader } from '#recording/lines';

function linesOf(text: string, chunk: number): string[] {
  const lines: string[] = [];
  const reader = new LineReader('f.txt', (line) => lines.push(line));
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += chunk) reader.push(bytes.subarray(at, at + chunk));
  reader.end();
  return lines;
}

describe('lines of a stream', () => {
  it.each([1, 2, 3, 7, 1000])('are the same in chunks of %i bytes', (chunk) => {
    expect(linesOf('one\r\ntwo é\n\nfour\n', chunk)).toEqual(['one', 'two é', '', 'four']);
  });

  it('may not end in the middle', () => {
    expect(() => linesOf('one\ntwo', 3)).toThrow('f.txt:2: the file ends in the middle of a line');
  });

  it('may not hold binary data', () => {
    expect(() => linesOf('one\ntw\u0000o\n', 100)).toThrow('f.txt:2: binary data in a text file');
  });

  it('longer than 1 MiB are refused before they are held', () => {
    const reader = new LineReader('f.txt', () => undefined);
    const piece = new Uint8Array(256 * 1024).fill(65);
    let pushed = 0;
    const push = (): void => {
      for (; pushed < 4096; pushed++) reader.push(piece);
    };
    expect(push).toThrow(InputError);
    expect(push).toThrow('f.txt:2: the line is longer than 1 MiB');
    expect(pushed).toBe(4);
  });
});
