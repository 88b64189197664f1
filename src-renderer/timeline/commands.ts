import type { Command } from '../commands/registry.ts';
import type { TimelineSession } from './session.ts';

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
    move('next', 'Next event of the kind', ['.'], (open) => open.step('next')),
    move('previous', 'Previous event of the kind', [','], (open) => open.step('previous')),
  ];
}
