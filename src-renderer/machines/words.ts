/** Field names as words. */

const KNOWN: Readonly<Record<string, string>> = {
  tlb: 'TLB',
  io: 'I/O',
  cpu: 'CPU',
  pte: 'PTE',
  vma: 'VMA',
  fua: 'FUA',
  dram: 'DRAM',
};

/** `writeProtectFault` as `write protect fault`, `level2` as `level 2`, `tADL` as it is in the flash's data sheet. */
export function inWords(field: string): string {
  // Timings of the ONFI standard: tCS, tADL.
  const timing = /^t([A-Z][A-Za-z]*)$/.exec(field);
  if (timing !== null) return `t${timing[1].toUpperCase()}`;
  return field
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replace(/([a-z]{2,})(\d)/g, '$1 $2')
    .replace(/[-_]/g, ' ')
    .toLowerCase()
    .split(' ')
    .map((word) => KNOWN[word] ?? word.replace(/^l(?=\d$)/, 'L'))
    .join(' ');
}

/** The first letter in upper case, for titles. */
export const asTitle = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);
