import { effectScope } from 'vue';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { findCommands } from '../../../src-renderer/commands/find.ts';
import {
  allCommands,
  chordOf,
  commandFor,
  menuOf,
  runCommand,
  useCommands,
  type Command,
} from '../../../src-renderer/commands/registry.ts';

const press = (key: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey' | 'shiftKey', boolean>> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  shiftKey: false,
  ...held,
});

const scopes: ReturnType<typeof effectScope>[] = [];
function register(...commands: Command[]): ReturnType<typeof effectScope> {
  const scope = effectScope();
  scopes.push(scope);
  scope.run(() => useCommands(commands));
  return scope;
}
afterEach(() => {
  for (const scope of scopes.splice(0)) scope.stop();
});

const command = (id: string, more: Partial<Command> = {}): Command => ({
  id,
  label: id,
  menu: 'View',
  run: () => undefined,
  ...more,
});

describe('chords', () => {
  it.each([
    [press('p', { ctrlKey: true, shiftKey: true }), 'Ctrl+Shift+P'],
    [press('w'), 'W'],
    [press('W', { shiftKey: true }), 'Shift+W'],
    [press('?', { shiftKey: true }), '?'],
    [press('1', { metaKey: true }), 'Ctrl+1'],
    [press(' '), 'Space'],
  ])('%o is %s', (key, chord) => {
    expect(chordOf(key)).toBe(chord);
  });
});

it('gives the native menu a plus by its name', () => {
  expect(menuOf([command('zoom', { keys: ['Ctrl++'] })])[0].keys).toBe('CmdOrCtrl+Plus');
});

describe('the registry', () => {
  it('forgets the commands of a view that goes', () => {
    const scope = register(command('one'));
    expect(allCommands.value.map(({ id }) => id)).toEqual(['one']);
    scope.stop();
    expect(allCommands.value).toEqual([]);
  });

  it('gives a key to the command registered last that can be done', () => {
    register(command('shell', { keys: ['F'] }));
    register(command('view', { keys: ['F'] }));
    expect(commandFor(press('f'), false)?.id).toBe('view');
    register(command('not now', { keys: ['F'], enabled: () => false }));
    expect(commandFor(press('f'), false)?.id).toBe('view');
  });

  it('leaves letters to the field one types into, but not chords', () => {
    register(command('zoom', { keys: ['W'] }), command('palette', { keys: ['Ctrl+K'] }));
    expect(commandFor(press('w'), true)).toBeNull();
    expect(commandFor(press('k', { ctrlKey: true }), true)?.id).toBe('palette');
  });

  it('runs by id only what can be done', () => {
    const run = vi.fn();
    register(command('yes', { run }), command('no', { run, enabled: () => false }));
    runCommand('yes');
    runCommand('no');
    runCommand('unknown');
    expect(run).toHaveBeenCalledTimes(1);
  });

  it('is the menu, with the keys as the system writes them', () => {
    expect(menuOf([command('a', { keys: ['Ctrl+Shift+P', 'F1'] }), command('b', { enabled: () => false })])).toEqual([
      { id: 'a', menu: 'View', label: 'a', enabled: true, keys: 'CmdOrCtrl+Shift+P' },
      { id: 'b', menu: 'View', label: 'b', enabled: false },
    ]);
  });
});

describe('the palette', () => {
  const list = [command('1', { label: 'Open the library' }), command('2', { label: 'Library report', menu: 'File' })];

  it('finds commands that hold every word, those that begin so first', () => {
    expect(findCommands(list, 'library').map(({ id }) => id)).toEqual(['2', '1']);
    expect(findCommands(list, 'lib file').map(({ id }) => id)).toEqual(['2']);
    expect(findCommands(list, 'nothing')).toEqual([]);
    expect(findCommands(list, '  ')).toHaveLength(2);
  });
});
