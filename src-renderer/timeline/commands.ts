import type { Command } from '../commands/registry.ts';
import type { TimelineSession } from './session.ts';
import { inCycles } from './time-unit.ts';

const ZOOM = 0.7;
const PAN = 0.15;

/** Moving about: the same keys wherever a timeline is shown. `session` is the one meant at the moment. */
export function movingCommands(session: () => TimelineSession | null): Command[] {
  const move = (
    id: string,
    label: string,
    keys: readonly string[],
    run: (open: TimelineSession) => unknown,
  ): Command => ({
    id: `timeline.${id}`,
    label,
    menu: 'Timeline',
    keys,
    enabled: () => session() !== null,
    run: () => {
      const open = session();
      if (open !== null) void run(open);
    },
  });
  return [
    move('in', 'Zoom in', ['W', '+', '='], (open) => open.zoom(0.5, ZOOM)),
    move('out', 'Zoom out', ['S', '-'], (open) => open.zoom(0.5, 1 / ZOOM)),
    move('left', 'Pan left', ['A'], (open) => open.pan(-PAN)),
    move('right', 'Pan right', ['D'], (open) => open.pan(PAN)),
    move('fit', 'Fit the selection, then the run', ['F'], (open) => open.fit()),
    move('back', 'Back to where one was', ['Backspace'], (open) => open.back()),
    move('next', 'Next event of the kind, or hit', ['.'], (open) => open.step('next')),
    move('previous', 'Previous event of the kind, or hit', [','], (open) => open.step('previous')),
  ];
}

/** Marks, and the life of a page: where one run is shown. */
export function readingCommands(session: () => TimelineSession | null): Command[] {
  const command = (
    id: string,
    label: string,
    keys: readonly string[],
    run: (open: TimelineSession) => unknown,
    enabled: (open: TimelineSession) => boolean = () => true,
  ): Command => ({
    id: `timeline.${id}`,
    label,
    menu: 'Timeline',
    keys,
    enabled: () => {
      const open = session();
      return open !== null && enabled(open);
    },
    run: () => {
      const open = session();
      if (open !== null) void run(open);
    },
  });
  const marked = (open: TimelineSession): boolean => open.marks.marks.value.length > 0;
  return [
    command('mark', 'Mark the selection or this place', ['M'], (open) => open.mark('mark')),
    command('note', 'Write a note here', ['N'], (open) => open.mark('note')),
    command('flag', 'Set a flag here', ['Shift+M'], (open) => open.mark('flag')),
    command('next-mark', 'Next mark', [']'], (open) => open.stepMark('next'), marked),
    command('previous-mark', 'Previous mark', ['['], (open) => open.stepMark('previous'), marked),
    command(
      'remove-mark',
      'Remove the chosen mark',
      ['Delete'],
      (open) => {
        const { chosen } = open.marks;
        if (chosen.value !== null) return open.marks.remove(chosen.value);
      },
      (open) => open.marks.chosen.value !== null,
    ),
    command(
      'unit',
      'Time axis in cycles or in seconds',
      ['Y'],
      () => (inCycles.value = !inCycles.value),
      (open) => open.cycle !== null,
    ),
    command('page', 'Life of the page', ['P'], (open) => (open.page.open.value = !open.page.open.value)),
  ];
}
