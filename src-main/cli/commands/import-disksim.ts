import { writeFileSync } from 'node:fs';
import { defineCommand } from 'citty';
import { printJson, printLine } from '#cli/output';
import { DISKSIM_ORIGIN, importDiskSimFile } from '#lab/drives';
import { InputError } from '#model/problem';

export default defineCommand({
  meta: {
    name: 'disksim',
    description: 'Make a drive document of a DiskSim parameter file and the files it refers to',
  },
  args: {
    file: {
      type: 'positional',
      required: true,
      description: 'the .parv file; its .diskspecs, .model and .seek lie beside it',
    },
    out: { type: 'string', valueHint: 'FILE', description: 'write the document here' },
    source: {
      type: 'string',
      valueHint: 'TEXT',
      description: `what to name as the source of the figures (${DISKSIM_ORIGIN})`,
    },
    json: { type: 'boolean', description: 'print the document' },
  },
  run({ args }) {
    const drive = importDiskSimFile(args.file, args.source, new Date().toISOString().slice(0, 10));
    if (args.out !== undefined) writeNew(args.out, `${JSON.stringify(drive, null, 1)}\n`);
    if (args.json) {
      printJson(drive);
      return;
    }
    const { geometry, mechanics, buffer } = drive;
    printLine(
      `${drive.name}: ${drive.capacity.value} sectors, ${geometry.cylinders.value} cylinders, ${geometry.surfaces.value} heads, ${mechanics.rotation.value} rpm`,
    );
    printLine(
      `${geometry.zones.rows.length} zones, ${geometry.slipped?.rows.length ?? 0} slipped and ${geometry.remapped?.rows.length ?? 0} remapped places, ${mechanics.seek.rows.length} seek times, ${buffer.segments.value} buffer segments of ${buffer.segmentSize.value} sectors`,
    );
    printLine(
      args.out === undefined
        ? 'Nothing was written: name a file with --out, or print the document with --json.'
        : `Written to ${args.out}.`,
    );
  },
});

/** Writes a file that must not be there yet. */
function writeNew(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    const exists = (error as { code?: unknown }).code === 'EEXIST';
    throw new InputError({
      file: path,
      message: exists ? 'is there already, and was left alone' : 'cannot be written',
    });
  }
}
