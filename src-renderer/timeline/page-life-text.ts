import type { PageLife, PageStretch } from '#model/page-life';

/**
 * The stretches of a life with the length of a bar for each, 0 to 1: on a logarithmic scale, since a trap takes
 * microseconds and a dirty page stays for seconds.
 */
export function lifeSteps({ stretches }: PageLife): { stretch: PageStretch; share: number }[] {
  const size = ({ from, to }: PageStretch): number => Math.log10(Math.max(1, to - from));
  const most = Math.max(1, ...stretches.map(size));
  return stretches.map((stretch) => ({ stretch, share: size(stretch) / most }));
}

/** A life as comma-separated values, times exact in ns. */
export function lifeCsv({ file, page, stretches }: PageLife): string {
  const head = 'file,page,state,from_ns,to_ns,duration_ns,event';
  const lines = stretches.map(({ state, from, to, event }) =>
    [file, page, state, from / 1000, to / 1000, (to - from) / 1000, event].join(','),
  );
  return `${[head, ...lines].join('\n')}\n`;
}
