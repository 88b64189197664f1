import type { CommandTimes } from './parameters.ts';

/** Timing figures of ONFI's NV-DDR2 interface that commands are made of, ps. */
export interface OnfiTimings {
  /** Chip enable set-up. */
  readonly tCS: number;
  /** Write-enable cycle: one command or address byte. */
  readonly tWC: number;
  /** From the last cycle to busy. */
  readonly tWB: number;
  /** From ready to data. */
  readonly tRR: number;
  /** Dummy busy time between the planes of one command. */
  readonly tDBSY: number;
  /** From the address to data in. */
  readonly tADL: number;
  /** Set-up of command and address latch. */
  readonly tCALS: number;
  /** Postamble of data in, and its hold time. */
  readonly tWPST: number;
  readonly tWPSTH: number;
}

/**
 * Command and address cycles, for one to `planes` planes at once. A read or program is a command byte, five
 * address bytes and a confirming byte, of which one overlaps; an erase has three address bytes. (ONFI 4.0
 * section 5; the same cycle counts are in MQSim's channel model.)
 */
export function commandTimes(t: OnfiTimings, planes: number): CommandTimes {
  const readPs: number[] = [];
  const programPs: number[] = [];
  const erasePs: number[] = [];
  const lastProgram = 6 * t.tWC + t.tADL + t.tWPST + t.tWPSTH + t.tWB;
  const earlierProgram = 5 * t.tWC + t.tADL + t.tWPST + t.tCALS + t.tWB + t.tDBSY;
  for (let n = 1; n <= planes; n++) {
    readPs.push(t.tCS + n * 6 * t.tWC + (n - 1) * t.tDBSY + t.tWB + t.tRR);
    programPs.push(t.tCS + (n - 1) * earlierProgram + lastProgram);
    erasePs.push(t.tCS + n * (4 * t.tWC + t.tWB) + (n - 1) * t.tDBSY);
  }
  return { readPs, programPs, erasePs };
}
