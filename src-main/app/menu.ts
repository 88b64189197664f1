import { Menu, type MenuItemConstructorOptions } from 'electron';
import type { MenuCommand } from '#ipc/schemas';

/** The order in which menus stand in the bar; a menu no command names is left out. */
const MENUS = ['File', 'Edit', 'View', 'Timeline', 'Run', 'Help'] as const;

/** Text editing belongs to the system: its roles, not our commands. */
const EDITING: MenuItemConstructorOptions[] = [
  { role: 'undo' },
  { role: 'redo' },
  { type: 'separator' },
  { role: 'cut' },
  { role: 'copy' },
  { role: 'paste' },
  { role: 'selectAll' },
];

/**
 * Builds the native menu from the window's commands. Keys are shown but not taken: the window's own registry
 * handles them, so that one key never runs a command twice.
 */
export function buildMenu(commands: readonly MenuCommand[], run: (command: string) => void): Menu {
  const template: MenuItemConstructorOptions[] = [];
  if (process.platform === 'darwin') template.push({ role: 'appMenu' });
  for (const menu of MENUS) {
    const items = commands.filter((command) => command.menu === menu).map((command) => itemFor(command, run));
    const before = menu === 'Edit' ? [...EDITING] : [];
    if (menu === 'Edit' && items.length > 0) before.push({ type: 'separator' });
    const after: MenuItemConstructorOptions[] = menu === 'File' ? [{ type: 'separator' }, { role: 'quit' }] : [];
    const submenu = [...before, ...items, ...after];
    if (submenu.length > 0) template.push({ label: menu, submenu });
  }
  return Menu.buildFromTemplate(template);
}

function itemFor(command: MenuCommand, run: (command: string) => void): MenuItemConstructorOptions {
  const item: MenuItemConstructorOptions = {
    label: command.label,
    enabled: command.enabled,
    click: () => run(command.id),
  };
  if (command.keys !== undefined) {
    item.accelerator = command.keys;
    item.registerAccelerator = false;
  }
  return item;
}
