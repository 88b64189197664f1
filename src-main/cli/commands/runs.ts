import { defineCommand } from 'citty';

export default defineCommand({
  meta: {
    name: 'runs',
    description:
      'The runs of the library: list (also without a word), show, workload, tag, note, delete, prune, export, merge, repair',
  },
  default: 'list',
  subCommands: {
    list: () => import('./runs/list.ts').then((m) => m.default),
    show: () => import('./runs/show.ts').then((m) => m.default),
    workload: () => import('./runs/workload.ts').then((m) => m.default),
    tag: () => import('./runs/edit.ts').then((m) => m.tag),
    note: () => import('./runs/edit.ts').then((m) => m.note),
    delete: () => import('./runs/remove.ts').then((m) => m.remove),
    undo: () => import('./runs/remove.ts').then((m) => m.undo),
    purge: () => import('./runs/remove.ts').then((m) => m.purge),
    prune: () => import('./runs/remove.ts').then((m) => m.prune),
    export: () => import('./runs/bundles.ts').then((m) => m.exportRuns),
    merge: () => import('./runs/bundles.ts').then((m) => m.merge),
    verify: () => import('./runs/soundness.ts').then((m) => m.verify),
    repair: () => import('./runs/soundness.ts').then((m) => m.repair),
  },
});
