/** Finds a field in JSON text, so that a problem can be shown where it is written. */

/** Keys and indices of `threads[0].steps[2].every`. */
export function pathKeys(path: string): (string | number)[] {
  return [...path.matchAll(/\[(\d+)\]|([^.[\]]+)/g)].map(([, index, key]) =>
    index === undefined ? key : Number(index),
  );
}

/**
 * The 1-based line on which the field at `path` begins, or the nearest of its parents that is there; 0 where
 * the text is no JSON up to it.
 */
export function lineOf(text: string, path: string): number {
  const wanted = pathKeys(path);
  let at = 0;
  let best = 0;
  const lineAt = (position: number): number => text.slice(0, position).split('\n').length;
  const skip = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const string = (): string => {
    const start = at++;
    while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    try {
      return JSON.parse(text.slice(start, at)) as string;
    } catch {
      return '';
    }
  };
  /** Reads a value; `depth` keys of the path lead to it, or -1 where it is not on the path. */
  const value = (depth: number): void => {
    skip();
    const open = text[at];
    if (open === '{' || open === '[') {
      const close = open === '{' ? '}' : ']';
      at++;
      for (let index = 0; at < text.length; index++) {
        skip();
        if (text[at] === close) {
          at++;
          return;
        }
        const start = at;
        let key: string | number = index;
        if (open === '{') {
          if (text[at] !== '"') return;
          key = string();
          skip();
          if (text[at] !== ':') return;
          at++;
        }
        const onPath = depth >= 0 && wanted[depth] === key;
        if (onPath) best = lineAt(start);
        const before = at;
        value(onPath ? depth + 1 : -1);
        if (at === before) return;
        skip();
        if (text[at] === ',') at++;
      }
    } else if (open === '"') string();
    else while (at < text.length && !/[\s,\]}]/.test(text[at])) at++;
  };
  value(0);
  return best;
}
