import type { Command } from './registry.ts';

/**
 * Commands whose label or menu holds every word typed, those that begin with it first; with nothing typed, all.
 */
export function findCommands(commands: readonly Command[], typed: string): Command[] {
  const words = typed
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [...commands];
  const found = commands.filter((command) => {
    const text = `${command.menu} ${command.label}`.toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const rank = (command: Command): number => (command.label.toLowerCase().startsWith(words[0] ?? '') ? 0 : 1);
  return found.sort((a, b) => rank(a) - rank(b));
}
