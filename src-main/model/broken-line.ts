const LITERAL = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
// eslint-disable-next-line no-control-regex -- JSON forbids just these in a string
const STRING = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;

/** Where text stops being JSON, and what would have had to stand there. */
export interface Break {
  readonly offset: number;
  readonly expected: string;
}

/**
 * Where text stops being JSON, null where it is JSON. Engines tell the place in words that differ and sometimes not at
 * all.
 */
export function brokenAt(text: string): Break | null {
  let at = 0;
  let expected = '';
  const skip = (): void => {
    while (/[ \t\r\n]/.test(text[at] ?? '')) at++;
  };
  const refuse = (what: string): false => {
    if (expected === '') expected = what;
    return false;
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
    return take(close) || refuse(`a comma or ${close}`);
  };
  const member = (): boolean =>
    (match(STRING) || refuse('a field name in double quotes')) && (take(':') || refuse('a colon')) && value();
  const value = (): boolean => {
    if (take('{')) return items('}', member);
    if (take('[')) return items(']', value);
    return match(STRING) || match(LITERAL) || refuse(text[at] === '"' ? 'a closing double quote' : 'a value');
  };
  let whole = false;
  try {
    whole = value();
  } catch (error) {
    // Nested deeper than this reader can follow: it breaks off no earlier than here.
    if (!(error instanceof RangeError)) throw error;
    refuse('fewer levels');
  }
  skip();
  if (whole && at === text.length) return null;
  return { offset: at, expected: whole ? 'the end of the text' : expected };
}

/** The 1-based line on which text stops being JSON, 0 where it is JSON. */
export function brokenLine(text: string): number {
  const found = brokenAt(text);
  return found === null ? 0 : text.slice(0, found.offset).split('\n').length;
}
