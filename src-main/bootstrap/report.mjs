/** Short progress messages on standard error, so that standard output stays the app's own. */

/**
 * @param {string} message one line
 */
export function say(message) {
  process.stderr.write(`faultline: ${message}\n`);
}

/**
 * A set-up step that failed for a reason the user can act on; shown as one line, without a stack.
 */
export class SetupError extends Error {}

/**
 * Runs a program's main function: a SetupError becomes one line and exit code 1, anything else keeps its stack,
 * because then the fault is ours.
 * @param {() => Promise<number>} main resolves to the exit code
 */
export async function runMain(main) {
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    say(error.message);
    process.exitCode = 1;
  }
}
