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

const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// eslint-disable-next-line no-control-regex -- JSON forbids just these in a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/**
 * The 1-based line on which text stops being JSON, 0 where it is JSON. Engines tell the place in words that differ
 * and sometimes not at all.
 */
export function brokenLine(text: string): number {
  let at = 0;
  const skip = (): void => {
    while (/[ \t\r\n]/.test(text[at] ?? '')) at++;
  };
  const take = (sign: string): boolean => {
    skip();
    if (text[at] !== sign) return false;
    at++;
    return true;
  };
  const match = (form: RegExp): boolean => {
    skip();
    form.lastIndex = at;
    const found = form.exec(text);
    if (found !== null) at = form.lastIndex;
    return found !== null;
  };
  const items = (close: string, item: () => boolean): boolean => {
    if (take(close)) return true;
    do if (!item()) return false;
    while (take(','));
    return take(close);
  };
  const value = (): boolean => {
    if (take('{')) return items('}', () => match(STRING) && take(':') && value());
    if (take('[')) return items(']', value);
    return match(STRING) || match(LITERAL);
  };
  const whole = value();
  skip();
  if (whole && at === text.length) return 0;
  return text.slice(0, at).split('\n').length;
}
