import { describe, expect, it } from 'vitest';
import { blankDocument } from '#renderer/designer/document';
import { JOIN_MS, record, redo, startHistory, undo, type History } from '#renderer/designer/history';

const state = (text: string) => ({ document: blankDocument(), text });
const after = (...texts: string[]): History =>
  texts.reduce((history, text, i) => record(history, state(text), null, i), startHistory(state('0')));

describe('undo and redo', () => {
  it('go back to the beginning and forth to the end, however long', () => {
    let history = after(...Array.from({ length: 2000 }, (_, i) => String(i + 1)));
    for (let i = 0; i < 2000; i++) history = undo(history);
    expect(history.present.text).toBe('0');
    expect(undo(history)).toBe(history);
    for (let i = 0; i < 2000; i++) history = redo(history);
    expect(history.present.text).toBe('2000');
    expect(redo(history)).toBe(history);
  });

  it('forget the future at a new change', () => {
    const history = record(undo(after('a', 'b')), state('c'), null, 9);
    expect(redo(history).present.text).toBe('c');
    expect(undo(history).present.text).toBe('a');
  });

  it('take typing in one field as one change, until one pauses or goes elsewhere', () => {
    let history = startHistory(state(''));
    history = record(history, state('1'), 'size', 0);
    history = record(history, state('16'), 'size', 100);
    history = record(history, state('16!'), 'name', 200);
    history = record(history, state('16!!'), 'name', 300 + JOIN_MS);
    history = undo(history);
    expect(history.present.text).toBe('16!');
    history = undo(history);
    expect(history.present.text).toBe('16');
    expect(undo(history).present.text).toBe('');
  });

  it('do not count what changes nothing', () => {
    const history = after('a');
    expect(record(history, state('a'), null, 5)).toBe(history);
  });
});
