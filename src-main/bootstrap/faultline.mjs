#!/usr/bin/env node
/** `npx faultline ...` in the repository: sets up the dependencies if need be, then runs the command line on Node 24. */
import { runInPlace } from './children.mjs';
import { ensureDependencies } from './dependencies.mjs';
import { appEnvironment, cliMain, node24 } from './paths.mjs';
import { runMain } from './report.mjs';

await runMain(async () => {
  await ensureDependencies();
  return runInPlace(node24, [cliMain, ...process.argv.slice(2)], appEnvironment());
});
