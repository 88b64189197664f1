/** RFC 4648 base32 in lower case: letters and digits that are hard to misread. */
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** Characters of an id; longer only where two hashes begin alike. 50 bits. */
export const ID_LENGTH = 10;

/** First `length` characters of the base32 form of a hexadecimal hash. */
export function idOf(hash: string, length: number = ID_LENGTH): string {
  let id = '';
  let bits = 0;
  let value = 0;
  for (const digit of hash) {
    value = (value << 4) | parseInt(digit, 16);
    bits += 4;
    if (bits >= 5) {
      bits -= 5;
      id += ALPHABET[(value >> bits) & 31];
      value &= (1 << bits) - 1;
      if (id.length === length) break;
    }
  }
  return id;
}

/** A SHA-256 in lower-case hexadecimal. */
export function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
