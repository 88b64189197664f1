/**
 * One registry of commands: the native menu, the palette, the shortcut sheet and the keys all come from it.
 * Views register theirs while they are shown.
 */
import { computed, onScopeDispose, shallowReactive } from 'vue';
import type { MenuCommand } from '#ipc/schemas';

export interface Command {
  readonly id: string;
  readonly label: string;
  readonly menu: MenuCommand['menu'];
  /** Keys as people write them: `Ctrl+Shift+P`, `F`, `,`. The first is the one shown. */
  readonly keys?: readonly string[];
  /** Whether it can be done now; absent means always. */
  enabled?(): boolean;
  run(): void;
}

const commands = shallowReactive(new Map<string, Command>());

/** All commands there are now, in the order in which they were registered. */
export const allCommands = computed(() => [...commands.values()]);

/** Registers commands for as long as the component (or scope) that does so lives. */
export function useCommands(list: readonly Command[]): void {
  for (const command of list) commands.set(command.id, command);
  onScopeDispose(() => {
    for (const command of list) if (commands.get(command.id) === command) commands.delete(command.id);
  });
}

export function isEnabled(command: Command): boolean {
  return command.enabled?.() ?? true;
}

export function runCommand(id: string): void {
  const command = commands.get(id);
  if (command !== undefined && isEnabled(command)) command.run();
}

/** What of a keyboard event makes a chord. */
export interface KeyPress {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
  readonly shiftKey: boolean;
}

/** The chord of a key press as commands write it: `Ctrl+Shift+P`, `W`, `?`. */
export function chordOf(press: KeyPress): string {
  const name = press.key === ' ' ? 'Space' : press.key.length === 1 ? press.key.toUpperCase() : press.key;
  const parts: string[] = [];
  if (press.ctrlKey || press.metaKey) parts.push('Ctrl');
  if (press.altKey) parts.push('Alt');
  // Shift is already in what a sign key gives: `?` is not `Shift+?`.
  const isSign = press.key.length === 1 && !/[a-z]/i.test(press.key);
  if (press.shiftKey && !isSign) parts.push('Shift');
  return [...parts, name].join('+');
}

/** Whether typing goes into a field here, so that plain letters are not commands. */
export function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName);
}

/** The command a key press means, if any. While typing, only chords with Ctrl or function keys count. */
export function commandFor(press: KeyPress, typing: boolean): Command | null {
  const chord = chordOf(press);
  if (typing && !press.ctrlKey && !press.metaKey && !/^F\d+$/.test(press.key)) return null;
  for (const command of [...commands.values()].reverse()) {
    if (command.keys?.includes(chord) === true && isEnabled(command)) return command;
  }
  return null;
}

/** The registry as the native menu takes it. */
export function menuOf(list: readonly Command[]): MenuCommand[] {
  return list.map((command) => {
    const keys = command.keys?.[0];
    return {
      id: command.id,
      menu: command.menu,
      label: command.label,
      enabled: isEnabled(command),
      ...(keys === undefined ? {} : { keys: acceleratorOf(keys) }),
    };
  });
}

function acceleratorOf(keys: string): string {
  return keys
    .replace('Ctrl', 'CmdOrCtrl')
    .replace(/\+$/, 'Plus')
    .replace(/Arrow(Up|Down|Left|Right)/, '$1');
}
