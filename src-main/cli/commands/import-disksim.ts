import { defineCommand } from 'citty';
import { printJson, printLine } from '#cli/output';
import { writeWhole } from '#lab/whole-file';
import { DISKSIM_ORIGIN, importDiskSimFile } from '#lab/drives';

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
    force: { type: 'boolean', description: 'replace the file named by --out' },
    json: { type: 'boolean', description: 'print the document' },
  },
  run({ args }) {
    const drive = importDiskSimFile(args.file, args.source, new Date().toISOString().slice(0, 10));
    if (args.out !== undefined) writeWhole(args.out, `${JSON.stringify(drive, null, 1)}\n`, args.force ?? false);
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
