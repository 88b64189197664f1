import { posix, win32 } from 'node:path';

/** What differs between platforms: tests give their own. */
export interface Surroundings {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly home: string;
}

/** Name of the library's file. */
const FILE = 'library.faultline.db';

/**
 * Where the library is unless the user names a file: FAULTLINE_LIBRARY, else the user's data folder as the
 * platform has it (XDG base directories; Application Support; local AppData).
 */
export function defaultLibraryPath({ env, platform, home }: Surroundings): string {
  const named = env['FAULTLINE_LIBRARY'];
  if (named !== undefined && named !== '') return named;
  if (platform === 'win32') {
    return win32.join(env['LOCALAPPDATA'] || win32.join(home, 'AppData', 'Local'), 'Faultline', FILE);
  }
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Faultline', FILE);
  const data = env['XDG_DATA_HOME'];
  // The XDG specification: a path that is not absolute is to be ignored.
  const folder = data?.startsWith('/') === true ? data : posix.join(home, '.local', 'share');
  return posix.join(folder, 'faultline', FILE);
}
