/** Our own icons: paths in a 16 by 16 box, strokes of 1.4 px unless filled. */
export interface IconShape {
  readonly paths: readonly string[];
  readonly filled?: boolean;
}

export const ICONS = {
  experiments: {
    paths: ['M6 1.8h4M6.8 1.8v4.4L2.6 13a.9.9 0 0 0 .8 1.4h9.2a.9.9 0 0 0 .8-1.4L9.2 6.2V1.8', 'M4.6 10.2h6.8'],
  },
  library: { paths: ['M2.2 2.4h2.6v11.2H2.2z', 'M6.6 2.4h2.6v11.2H6.6z', 'M10.9 3.1l2.4-.6 2 10.6-2.4.6z'] },
  compare: { paths: ['M1.8 3h8.4v3.6H1.8z', 'M5.8 9.4h8.4V13H5.8z', 'M3 11.2h1.4M11.6 4.8H13'] },
  explorer: {
    paths: ['M3 3.2h3.4v3.4H3zM9.6 3.2H13v3.4H9.6zM6.3 9.8h3.4v3.4H6.3z', 'M6.4 4.9h3.2M11 6.6L9 9.8M5 6.6l2 3.2'],
  },
  machines: {
    paths: [
      'M4 4h8v8H4z',
      'M6.4 6.4h3.2v3.2H6.4z',
      'M6 1.6V4M10 1.6V4M6 12v2.4M10 12v2.4M1.6 6H4M1.6 10H4M12 6h2.4M12 10h2.4',
    ],
  },
  recordings: { paths: ['M1.6 8h2.6l1.6-5 2.6 10 2-7 1.2 2h2.8'] },
  run: { paths: ['M4.4 2.6v10.8l8.6-5.4z'], filled: true },
  stop: { paths: ['M3.6 3.6h8.8v8.8H3.6z'], filled: true },
  open: { paths: ['M1.8 13V3.2h4.4l1.6 1.8h6.4V13z'] },
  export: { paths: ['M8 10.4V2.2M5 5l3-3 3 3', 'M2.4 9.4v4.2h11.2V9.4'] },
  report: { paths: ['M3.4 1.8h6l3.2 3.2v9.2H3.4z', 'M9.2 1.8v3.4h3.4', 'M5.8 8.4h4.4M5.8 11h4.4'] },
  star: { paths: ['M8 1.9l1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.7l-3.8 2 .7-4.3-3.1-3 4.3-.6z'] },
  starred: { paths: ['M8 1.9l1.9 3.9 4.3.6-3.1 3 .7 4.3L8 11.7l-3.8 2 .7-4.3-3.1-3 4.3-.6z'], filled: true },
  search: { paths: ['M7 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6z', 'M10.6 10.6l3.6 3.6'] },
  close: { paths: ['M3.6 3.6l8.8 8.8M12.4 3.6l-8.8 8.8'] },
  left: { paths: ['M10 3L5 8l5 5'] },
  right: { paths: ['M6 3l5 5-5 5'] },
  down: { paths: ['M3 6l5 5 5-5'] },
  pin: { paths: ['M5.4 2h5.2l-.6 4 2 2.4H4L6 6z', 'M8 8.4V14'] },
  fit: {
    paths: [
      'M1.8 5V2.4h2.8M14.2 5V2.4h-2.8M1.8 11v2.6h2.8M14.2 11v2.6h-2.8',
      'M4.2 8h7.6M6 6.2L4.2 8 6 9.8M10 6.2L11.8 8 10 9.8',
    ],
  },
  'zoom-in': { paths: ['M7 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6z', 'M10.6 10.6l3.6 3.6M7 4.8v4.4M4.8 7h4.4'] },
  'zoom-out': { paths: ['M7 2.2a4.8 4.8 0 1 1 0 9.6 4.8 4.8 0 0 1 0-9.6z', 'M10.6 10.6l3.6 3.6M4.8 7h4.4'] },
  copy: { paths: ['M5.4 5.4h8.2v8.2H5.4z', 'M10.6 5.2V2.4H2.4v8.2h2.8'] },
  trash: { paths: ['M2.6 4.2h10.8M6 4V2.2h4V4M4 4.4l.7 9.4h6.6l.7-9.4'] },
  theme: { paths: ['M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z', 'M8 2v12', 'M8 4.2h3.6M8 6.7h5.4M8 9.2h5.4M8 11.7h3.8'] },
  keys: { paths: ['M1.6 4h12.8v8.2H1.6z', 'M4 6.6h.6M6.6 6.6h.6M9.2 6.6h.6M11.8 6.6h.4M5 9.6h6'] },
  list: { paths: ['M2 4h12M2 8h12M2 12h12'] },
  alarm: { paths: ['M8 2.2l6.4 11.4H1.6z', 'M8 6.4v3.4M8 11.6v.4'] },
  page: { paths: ['M2 3.4h12v9.2H2z', 'M5 3.6v8.8M8 3.6v8.8M11 3.6v8.8'] },
  mark: { paths: ['M8 14.2L3.6 8.6V2.4h8.8v6.2z'] },
  check: { paths: ['M2.8 8.6l3.4 3.4 7-7.6'] },
} as const satisfies Record<string, IconShape>;

export type IconName = keyof typeof ICONS;
