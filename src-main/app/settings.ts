import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { CONTRASTS, THEMES } from '#ipc/schemas';

const boundsSchema = v.object({
  x: v.optional(v.number()),
  y: v.optional(v.number()),
  width: v.number(),
  height: v.number(),
  maximized: v.boolean(),
});
export type WindowState = v.InferOutput<typeof boundsSchema>;

const settingsSchema = v.object({
  theme: v.optional(v.picklist(THEMES), 'system'),
  contrast: v.optional(v.picklist(CONTRASTS), 'system'),
  /** Of the page; 1 is its actual size. */
  zoom: v.optional(v.pipe(v.number(), v.minValue(0.5), v.maxValue(3)), 1),
  window: v.optional(boundsSchema, { width: 1280, height: 800, maximized: false }),
});
export type Settings = v.InferOutput<typeof settingsSchema>;

/** Settings of this person on this machine. A file that cannot be read counts as none: nothing in it is worth an error. */
export function readSettings(file: string): Settings {
  try {
    return v.parse(settingsSchema, JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return v.parse(settingsSchema, {});
  }
}

/** Written whole or not at all; failing to write (a read-only home) costs only the memory of it. */
export function writeSettings(file: string, settings: Settings): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, JSON.stringify(settings, null, 2));
    renameSync(`${file}.new`, file);
  } catch (error) {
    console.error(`settings not kept: ${error instanceof Error ? error.message : String(error)}`);
  }
}
