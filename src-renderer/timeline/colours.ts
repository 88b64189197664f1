import { onBeforeUnmount, onMounted, type Ref } from 'vue';
import { readPalette, type Palette } from './palette.ts';

const SCHEME = '(prefers-color-scheme: dark)';
/** Of the document, in high contrast (stores/workspace.ts). */
const CONTRAST = 'data-contrast';

/**
 * Tells a canvas its colours: at first, when theme or contrast change, and those for paper while the window is
 * printed, when it must be drawn at once.
 * @param take draws with the palette given; `paper` while it is printed
 */
export function useColours(host: Ref<HTMLElement | null>, take: (palette: Palette, paper: boolean) => void): void {
  const scheme = window.matchMedia(SCHEME);
  const read = (paper: boolean): void => {
    if (host.value !== null) take(readPalette(host.value, paper), paper);
  };
  const onScreen = (): void => read(false);
  const onPaper = (): void => read(true);
  const contrast = new MutationObserver(onScreen);
  onMounted(() => {
    scheme.addEventListener('change', onScreen);
    contrast.observe(document.documentElement, { attributeFilter: [CONTRAST] });
    window.addEventListener('beforeprint', onPaper);
    window.addEventListener('afterprint', onScreen);
    onScreen();
  });
  onBeforeUnmount(() => {
    scheme.removeEventListener('change', onScreen);
    contrast.disconnect();
    window.removeEventListener('beforeprint', onPaper);
    window.removeEventListener('afterprint', onScreen);
  });
}

/** A landscape page of A4 or Letter without its margins (see ui/print.css), with room to spare, and what stands above a timeline there, CSS pixels. */
const PAPER = { width: 1040, height: 660 };
const HEADING = 96;

/** Has what is printed fit the paper: one of some width and height, CSS pixels. Never so small that it cannot be read. */
export function setPaperZoom(width: number, height: number): void {
  const zoom = Math.min(1.25, PAPER.width / Math.max(1, width), PAPER.height / (height + HEADING));
  document.documentElement.style.setProperty('--print-zoom', String(Math.max(0.5, zoom)));
}
