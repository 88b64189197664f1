/** The JSON editor: CodeMirror with a document's schema. Loaded when it is first shown. */
import {
  autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, type CompletionContext, type CompletionResult,
} from '@codemirror/autocomplete'; // prettier-ignore
import { defaultKeymap, indentWithTab } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, codeFolding, foldGutter, foldKeymap, indentOnInput } from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Annotation, EditorState } from '@codemirror/state';
import {
  drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers,
  type Tooltip,
} from '@codemirror/view'; // prettier-ignore
import { placeAt, rangeOf, readTree, type JsonNode, type Key } from './json-tree.ts';
import type { JsonSchema } from './schema.ts';
import { helpAt, suggestionsAt, type NamesOf } from './suggest.ts';
import { look } from './theme.ts';

/** Something wrong with the text: at an offset where that is known, else at a field. */
export interface TextProblem {
  readonly offset: number;
  readonly keys: readonly Key[];
  readonly message: string;
}

export interface EditorHost {
  readonly text: string;
  readonly label: string;
  /** Null until the schema is there. */
  schema(): JsonSchema | null;
  readonly names: NamesOf;
  onChange(text: string): void;
  /** The person went to another place of the text. */
  onPlace(keys: readonly Key[]): void;
  onUndo(): void;
  onRedo(): void;
}

/** Marks changes that come from outside: they are not the person's typing. */
const fromOutside = Annotation.define<boolean>();
/** Chords that are commands of the window. */
const COMMANDS = new Set(['Mod-Enter', 'Mod-i', 'Mod-k']);

export class JsonEditor {
  private readonly view: EditorView;
  private readonly host: EditorHost;
  private tree: { readonly text: string; readonly root: JsonNode | null } = { text: '', root: null };

  /** @param root the shadow root it lives in: there its styles are adopted sheets, which the window's policy allows */
  constructor(root: ShadowRoot, host: EditorHost) {
    this.host = host;
    const state = EditorState.create({ doc: host.text, extensions: this.extensions() });
    this.view = new EditorView({ state, root, parent: root });
  }

  /** Takes a text from outside, changing only what differs: cursor and scroll stay. */
  setText(text: string): void {
    const now = this.text();
    if (now === text) return;
    let from = 0;
    const least = Math.min(now.length, text.length);
    while (from < least && now[from] === text[from]) from++;
    let end = 0;
    while (end < least - from && now[now.length - 1 - end] === text[text.length - 1 - end]) end++;
    this.view.dispatch({
      changes: { from, to: now.length - end, insert: text.slice(from, text.length - end) },
      annotations: fromOutside.of(true),
    });
  }

  setProblems(problems: readonly TextProblem[]): void {
    const tree = this.treeNow();
    const { length } = this.view.state.doc;
    const diagnostics = problems.map(({ offset, keys, message }): Diagnostic => {
      const range = offset >= 0 ? { from: offset, to: offset + 1 } : rangeOf(tree, keys);
      const to = Math.min(length, range.to);
      return { from: Math.min(range.from, to), to, severity: 'error', message };
    });
    this.view.dispatch(setDiagnostics(this.view.state, diagnostics));
  }

  /** Shows the field that the keys lead to. */
  reveal(keys: readonly Key[]): void {
    const { from } = rangeOf(this.treeNow(), keys);
    this.view.dispatch({
      selection: { anchor: Math.min(from, this.view.state.doc.length) },
      effects: EditorView.scrollIntoView(from, { y: 'center' }),
      annotations: fromOutside.of(true),
    });
  }

  get hasFocus(): boolean {
    return this.view.hasFocus;
  }

  focus(): void {
    this.view.focus();
  }

  destroy(): void {
    this.view.destroy();
  }

  private text(): string {
    return this.view.state.doc.toString();
  }

  private treeNow(): JsonNode | null {
    const text = this.text();
    if (text !== this.tree.text) this.tree = { text, root: readTree(text) };
    return this.tree.root;
  }

  private extensions() {
    const { host } = this;
    const undo = (run: () => void) => (): boolean => {
      run();
      return true;
    };
    return [
      lineNumbers(),
      highlightActiveLineGutter(),
      lintGutter(),
      foldGutter(),
      codeFolding(),
      drawSelection(),
      highlightActiveLine(),
      bracketMatching(),
      closeBrackets(),
      indentOnInput(),
      json(),
      look,
      autocompletion({ override: [(context) => this.complete(context)], icons: false }),
      hoverTooltip((_view, offset) => this.help(offset), { hoverTime: 250 }),
      keymap.of([
        { key: 'Mod-z', run: undo(() => host.onUndo()) },
        { key: 'Mod-y', run: undo(() => host.onRedo()) },
        { key: 'Mod-Shift-z', run: undo(() => host.onRedo()) },
        ...closeBracketsKeymap,
        ...completionKeymap,
        ...foldKeymap,
        ...lintKeymap,
        ...defaultKeymap.filter(({ key }) => key === undefined || !COMMANDS.has(key)),
        indentWithTab,
      ]),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({ 'aria-label': host.label, spellcheck: 'false', tabindex: '0' }),
      EditorView.domEventHandlers({
        // The system's Undo, of the menu: one history for both sides.
        beforeinput: (event) => {
          if (event.inputType === 'historyUndo') host.onUndo();
          else if (event.inputType === 'historyRedo') host.onRedo();
          else return false;
          event.preventDefault();
          return true;
        },
        // Files dropped here are the window's.
        drop: (event) => event.dataTransfer?.types.includes('Files') === true,
      }),
      EditorView.updateListener.of((update) => {
        if (update.transactions.some((transaction) => transaction.annotation(fromOutside) === true)) return;
        if (update.docChanged) host.onChange(this.text());
        if (update.selectionSet && this.view.hasFocus)
          host.onPlace(placeAt(this.treeNow(), update.state.selection.main.head).keys);
      }),
    ];
  }

  private complete(context: CompletionContext): CompletionResult | null {
    const schema = this.host.schema();
    if (schema === null) return null;
    const { state, pos } = context;
    const tree = this.treeNow();
    const place = placeAt(tree, pos);
    // Between two things, only when asked.
    if (place.from === place.to && !context.explicit) return null;
    const line = state.doc.lineAt(place.from);
    const indent = /^\s*/.exec(line.text)?.[0] ?? '';
    const follows = state.sliceDoc(place.to, place.to + 200).trimStart();
    const options = suggestionsAt(schema, tree, place, this.host.names, indent, follows).map((found, i) => ({
      // The word there has its quotes: so must what is compared with it.
      label: state.sliceDoc(place.from, place.from + 1) === '"' ? JSON.stringify(found.label) : found.label,
      displayLabel: found.label,
      detail: found.detail,
      ...(found.means === '' ? {} : { info: found.means }),
      apply: found.insert,
      type: found.kind,
      boost: -i,
    }));
    return options.length === 0 ? null : { from: place.from, to: place.to, options };
  }

  private help(offset: number): Tooltip | null {
    const schema = this.host.schema();
    if (schema === null) return null;
    const tree = this.treeNow();
    const place = placeAt(tree, offset);
    const help = helpAt(schema, tree, place, this.host.names);
    if (help === null) return null;
    return {
      pos: place.from,
      end: place.to,
      above: true,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'cm-help';
        const title = document.createElement('b');
        title.textContent = help.title;
        dom.append(title);
        for (const text of [help.means, help.allowed]) {
          if (text === '') continue;
          const line = document.createElement('p');
          line.textContent = text;
          dom.append(line);
        }
        return { dom };
      },
    };
  }
}
