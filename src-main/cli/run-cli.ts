import { renderUsage, runCommand, type CommandDef } from 'citty';
import { Cancelled, EmulatorFailure } from '#lab/emulate';
import { InputError } from '#model/problem';

/** Exit codes of the command line. */
export const EXIT = { ok: 0, failed: 1, badInput: 2 } as const;

/** A command said that it failed, and has already said why. */
export class Failed extends Error {}

// citty's own type of a command whose arguments are not known.
type AnyCommand = CommandDef;

/**
 * Runs a command line and returns its exit code. Words that no command takes are refused: citty
 * itself lets unknown options pass.
 */
export async function runCli(root: AnyCommand, words: readonly string[]): Promise<number> {
  try {
    const { command, parent, rest } = await resolveCommand(root, words);
    if (
      rest.some((word) => word === '--help' || word === '-h') ||
      (command.subCommands !== undefined && rest.length === 0)
    ) {
      process.stdout.write(`${await renderUsage(command, parent)}\n`);
      return EXIT.ok;
    }
    if (command.subCommands !== undefined) throw unknownCommand(rest[0], command);
    await checkOptions(command, rest);
    await runCommand(command, { rawArgs: [...rest] });
    return EXIT.ok;
  } catch (error) {
    return report(error);
  }
}

/** One line for people on standard error; the stack only when FAULTLINE_DEBUG asks for it. */
function report(error: unknown): number {
  const debug = process.env['FAULTLINE_DEBUG'] !== undefined && error instanceof Error ? `\n${error.stack}` : '';
  if (error instanceof Failed) return EXIT.failed;
  if (error instanceof InputError) {
    process.stderr.write(`faultline: ${error.message}${debug}\n`);
    return EXIT.badInput;
  }
  if (isUsageError(error)) {
    process.stderr.write(`faultline: ${error.message.charAt(0).toLowerCase()}${error.message.slice(1)} (see --help)\n`);
    return EXIT.badInput;
  }
  if (error instanceof Cancelled) {
    process.stderr.write('faultline: cancelled; nothing of the unfinished run was kept\n');
    return EXIT.failed;
  }
  const detail =
    error instanceof EmulatorFailure && process.env['FAULTLINE_DEBUG'] !== undefined ? `\n${error.detail}` : debug;
  process.stderr.write(`faultline: ${error instanceof Error ? error.message : String(error)}${detail}\n`);
  return EXIT.failed;
}

/** citty names its own errors so. */
function isUsageError(error: unknown): error is Error {
  return error instanceof Error && error.name === 'CLIError';
}

interface Resolved {
  readonly command: AnyCommand;
  readonly parent: AnyCommand | undefined;
  readonly rest: readonly string[];
}

async function resolveCommand(root: AnyCommand, words: readonly string[]): Promise<Resolved> {
  let command = root;
  let parent: AnyCommand | undefined;
  let rest = words;
  for (;;) {
    const subCommands = await value(command.subCommands);
    if (subCommands === undefined) return { command, parent, rest };
    const word = rest[0];
    const named = word !== undefined && Object.hasOwn(subCommands, word);
    const fallback = await value(command.default);
    if (!named && fallback !== undefined && word !== '--help' && word !== '-h') {
      return { command: (await value(subCommands[fallback])) as AnyCommand, parent: command, rest };
    }
    if (word === undefined || word.startsWith('-')) return { command, parent, rest };
    const next = named ? subCommands[word] : undefined;
    if (next === undefined) throw unknownCommand(word, command);
    parent = command;
    command = (await value(next)) as AnyCommand;
    rest = rest.slice(1);
  }
}

function unknownCommand(word: string, command: AnyCommand): InputError {
  const names = Object.keys(command.subCommands ?? {});
  return new InputError({ message: `there is no command "${word}"`, expected: `one of ${names.join(', ')}` });
}

async function checkOptions(command: AnyCommand, words: readonly string[]): Promise<void> {
  const args = (await value(command.args)) ?? {};
  const takesValue = new Map<string, boolean>();
  let positionals = 0;
  let most = 0;
  for (const [name, arg] of Object.entries(args)) {
    if (arg.type === 'positional') {
      most = arg.description?.includes('...') === true ? Infinity : most + 1;
      continue;
    }
    const aliases = 'alias' in arg && arg.alias !== undefined ? [arg.alias].flat() : [];
    for (const known of [name, ...aliases]) takesValue.set(known, arg.type !== 'boolean');
    if (arg.type === 'boolean') takesValue.set(`no-${name}`, false);
  }
  for (let i = 0; i < words.length; i++) {
    const word = words[i];
    if (word === '--') return;
    if (!word.startsWith('-') || word === '-') {
      positionals++;
      continue;
    }
    const [name = '', inline] = word.replace(/^--?/, '').split('=', 2);
    const needsValue = takesValue.get(name);
    if (needsValue === undefined) {
      const known = [...takesValue.keys()].filter((key) => !key.startsWith('no-')).map((key) => `--${key}`);
      throw new InputError({
        message: `there is no option "${word}" here`,
        expected: known.length === 0 ? 'no option' : `one of ${known.join(', ')}`,
      });
    }
    if (needsValue && inline === undefined) {
      if (words[i + 1] === undefined) throw new InputError({ message: `${word} needs a value` });
      i++;
    }
  }
  if (positionals > most)
    throw new InputError({
      message: `${positionals} arguments were given`,
      expected: most === 0 ? 'none' : `at most ${most}`,
    });
}

async function value<T>(
  resolvable: T | Promise<T> | (() => T) | (() => Promise<T>) | undefined,
): Promise<T | undefined> {
  return typeof resolvable === 'function' ? await (resolvable as () => T | Promise<T>)() : await resolvable;
}
