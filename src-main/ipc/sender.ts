/** The scheme under which the window's own files are served; nothing else may talk to the lab. */
export const APP_SCHEME = 'faultline';
export const APP_ORIGIN = `${APP_SCHEME}://app`;

/** What of Electron's `WebFrameMain` the guard looks at. */
export interface SenderFrame {
  readonly url: string;
  readonly parent: unknown;
}

/**
 * Whether a message comes from our own page: a top frame of the origin `faultline://app`. A frame that is
 * gone (null), an inner frame or any other origin is refused.
 */
export function isOwnFrame(frame: SenderFrame | null): boolean {
  if (frame?.parent !== null) return false;
  try {
    const url = new URL(frame.url);
    return url.protocol === `${APP_SCHEME}:` && url.host === 'app';
  } catch {
    return false;
  }
}
