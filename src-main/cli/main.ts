/** Entry of the command line: `faultline COMMAND ...`. */
import { defineCommand } from 'citty';
import { runCli } from '#cli/run-cli';

const conformance = defineCommand({
  meta: { name: 'conformance', description: 'Compare the emulator with what was measured elsewhere' },
  subCommands: {
    kernel: () => import('#cli/commands/conformance-kernel').then((m) => m.default),
    cache: () => import('#cli/commands/conformance-cache').then((m) => m.default),
    machine: () => import('#cli/commands/conformance-machine').then((m) => m.default),
    disk: () => import('#cli/commands/conformance-disk').then((m) => m.default),
    ssd: () => import('#cli/commands/conformance-ssd').then((m) => m.default),
  },
});

const root = defineCommand({
  meta: {
    name: 'faultline',
    description:
      'A lab for one question: what happens, from the store instruction to the disk, when a program stores into a mapped page that has no block behind it?',
  },
  subCommands: {
    run: () => import('#cli/commands/run').then((m) => m.default),
    runs: () => import('#cli/commands/runs').then((m) => m.default),
    sweep: () => import('#cli/commands/sweep').then((m) => m.default),
    diff: () => import('#cli/commands/diff').then((m) => m.default),
    report: () => import('#cli/commands/report').then((m) => m.default),
    export: () => import('#cli/commands/export').then((m) => m.default),
    machines: () => import('#cli/commands/machines').then((m) => m.default),
    policies: () => import('#cli/commands/policies').then((m) => m.default),
    schema: () => import('#cli/commands/schema').then((m) => m.default),
    explore: () => import('#cli/commands/explore').then((m) => m.default),
    import: () => import('#cli/commands/import').then((m) => m.default),
    conformance,
    bench: () => import('#cli/commands/bench').then((m) => m.default),
    start: () => import('#cli/commands/start').then((m) => m.default),
  },
});

// A reader that has seen enough (`| head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit();
  throw error;
});

process.exitCode = await runCli(root, process.argv.slice(2));
