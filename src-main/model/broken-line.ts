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
  let whole = false;
  try {
    whole = value();
  } catch (error) {
    // Nested deeper than this reader can follow: it breaks off no earlier than here.
    if (!(error instanceof RangeError)) throw error;
  }
  skip();
  if (whole && at === text.length) return 0;
  return text.slice(0, at).split('\n').length;
}
