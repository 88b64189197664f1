import { defineCommand } from 'citty';
import { afterEach, beforeEach, describe, expect, it, vi, type MockInstance } from 'vitest';
import { EXIT, Failed, runCli } from '#cli/run-cli';
import { InputError } from '#model/problem';

const seen: unknown[] = [];
const root = defineCommand({
  meta: { name: 'faultline' },
  subCommands: {
    run: defineCommand({
      meta: { name: 'run', description: 'Run it' },
      args: { file: { type: 'positional', required: true }, json: { type: 'boolean' }, library: { type: 'string' } },
      run: ({ args }) => {
        seen.push(args.file);
        if (args.file === 'bad') throw new InputError({ file: 'bad', path: 'seed', message: 'no seed' });
        if (args.file === 'broken') throw new Error('it broke');
        if (args.file === 'failed') throw new Failed();
      },
    }),
  },
});

let said: string;
let errors: MockInstance;
beforeEach(() => {
  seen.length = 0;
  said = '';
  errors = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
  vi.spyOn(process.stdout, 'write').mockImplementation(() => true);
});
afterEach(() => vi.restoreAllMocks());

describe('the command line', () => {
  it('runs a command', async () => {
    expect(await runCli(root, ['run', 'x.json', '--json'])).toBe(EXIT.ok);
    expect(seen).toEqual(['x.json']);
    expect(errors).not.toHaveBeenCalled();
  });

  it.each([
    [['nonsense'], 'there is no command "nonsense"'],
    [['run', 'x', '--jason'], 'there is no option "--jason" here (expected one of --json, --library)'],
    [['run', 'x', 'y'], '2 arguments were given (expected at most 1)'],
    [['run', 'x', '--library'], '--library needs a value'],
    [['run'], 'missing required positional argument: FILE'],
    [['run', 'bad'], 'bad: seed: no seed'],
  ])('refuses %j with one line and exit code 2', async (words, message) => {
    expect(await runCli(root, words)).toBe(EXIT.badInput);
    expect(said).toContain(message);
    expect(said.trim().split('\n')).toHaveLength(1);
  });

  it('reports a failure in one line, without a stack trace', async () => {
    expect(await runCli(root, ['run', 'broken'])).toBe(EXIT.failed);
    expect(said).toBe('faultline: it broke\n');
  });

  it('stays silent when the command has already said why it failed', async () => {
    expect(await runCli(root, ['run', 'failed'])).toBe(EXIT.failed);
    expect(said).toBe('');
  });

  it('helps', async () => {
    expect(await runCli(root, ['run', '--help'])).toBe(EXIT.ok);
    expect(seen).toEqual([]);
  });
});
