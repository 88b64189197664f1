import type { Block, OwnText, Section } from '#model/report';

/** Text of the person's own as a section: paragraphs apart by an empty line, lines that begin with "- " a list. */
export function ownSection({ title, text }: OwnText): Section {
  const blocks: Block[] = [];
  for (const piece of text.split(/\r?\n\s*\r?\n/)) {
    let prose: string[] = [];
    let items: string[] = [];
    const close = (): void => {
      if (prose.length > 0) blocks.push({ type: 'paragraph', text: prose.join(' ') });
      if (items.length > 0) blocks.push({ type: 'list', items });
      prose = [];
      items = [];
    };
    for (const line of piece.split(/\r?\n/)) {
      const item = /^\s*[-*]\s+(.*)$/.exec(line)?.[1];
      if (item === undefined) {
        if (line.trim() === '') continue;
        if (items.length > 0) close();
        prose.push(line.trim());
      } else {
        if (prose.length > 0) close();
        items.push(item.trim());
      }
    }
    close();
  }
  return { part: null, title, blocks };
}
