import type { Block, Cell, Report } from '#model/report';
import { PAN_ZOOM_HASH, PAN_ZOOM_SCRIPT } from './pan-zoom.ts';
import { COLOURS, DARK_COLOURS, escape } from './svg.ts';

/** `screen`: to be read in a browser. `print`: to be made into pages, so without a script and with all documents open. */
export type HtmlForm = 'screen' | 'print';

/** The report as one HTML file: no network, and readable without its script. */
export function reportHtml(report: Report, form: HtmlForm): string {
  const contents = report.sections
    .map((section, i) => `<li><a href="#s${i}">${escape(section.title)}</a></li>`)
    .join('');
  const sections = report.sections
    .map(
      (section, i) =>
        `<section id="s${i}" aria-labelledby="h${i}"><h2 id="h${i}">${escape(section.title)}</h2>\n${section.blocks.map((item) => block(item, form)).join('\n')}</section>`,
    )
    .join('\n');
  const script = form === 'screen' ? `; script-src '${PAN_ZOOM_HASH}'` : '';
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'${script}">
<title>${escape(report.title)}</title>
<style>${form === 'screen' ? STYLE + DARK_STYLE : STYLE + PRINT_STYLE}</style>
</head>
<body>
<header>
<p class="mark">Faultline report</p>
<h1>${escape(report.title)}</h1>
${report.question === '' ? '' : `<p class="question">${escape(report.question)}</p>\n`}<p class="made">Made <time datetime="${escape(report.madeAt)}">${escape(dateText(report.madeAt))}</time></p>
</header>
<nav aria-label="Contents"><ol>${contents}</ol></nav>
<main>
${sections}
</main>
${form === 'screen' ? `<script>${PAN_ZOOM_SCRIPT}</script>\n` : ''}</body>
</html>
`;
}

/** `2026-01-31T12:00:00.000Z` as `2026-01-31 12:00 UTC`; anything else as it is. */
function dateText(iso: string): string {
  return iso.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d):\d\d(?:\.\d+)?Z$/, '$1 $2 UTC');
}

function block(item: Block, form: HtmlForm): string {
  switch (item.type) {
    case 'paragraph':
      return `<p>${escape(item.text)}</p>`;
    case 'list':
      return `<ul>${item.items.map((text) => `<li>${escape(text)}</li>`).join('')}</ul>`;
    case 'warning':
      return `<aside class="warning" aria-label="${escape(item.title)}"><p><strong>${escape(item.title)}</strong></p><ul>${item.items.map((text) => `<li>${escape(text)}</li>`).join('')}</ul></aside>`;
    case 'table':
      return framed(
        item.caption,
        form,
        `<table class="${item.head.length > WIDE ? 'wide' : 'plain'}${item.rows.length > SHORT ? '' : ' short'}"><caption>${escape(item.caption)}</caption><thead><tr>${item.head.map((cell) => tableCell('th', cell, 'col')).join('')}</tr></thead><tbody>${item.rows
          .map((row) => `<tr>${row.map((cell, i) => tableCell(i === 0 ? 'th' : 'td', cell, 'row')).join('')}</tr>`)
          .join('\n')}</tbody></table>`,
      );
    case 'figure':
      return `<figure>${framed(item.figure.caption, form, item.figure.svg)}<figcaption>${escape(item.figure.caption)}</figcaption></figure>`;
    case 'code':
      return form === 'screen'
        ? `<details><summary>${escape(item.title)}</summary><pre>${escape(item.text)}</pre></details>`
        : `<h3>${escape(item.title)}</h3><pre>${escape(item.text)}</pre>`;
  }
}

/** A hash or a path: may be broken anywhere. */
const LONG_WORD = /\S{32}/;
/** A table of no more rows stays on one page. */
const SHORT = 24;
/** Tables of more columns are set smaller on paper. */
const WIDE = 5;

/** What may be wider than the screen scrolls by itself, by keyboard too; paper does not scroll. */
function framed(label: string, form: HtmlForm, content: string): string {
  return form === 'print'
    ? `<div class="frame">${content}</div>`
    : `<div class="frame" tabindex="0" role="group" aria-label="${escape(label)}">${content}</div>`;
}

function tableCell(tag: 'th' | 'td', cell: Cell, scope: 'col' | 'row'): string {
  const kind = cell.number ? 'n' : LONG_WORD.test(cell.text) ? 'long' : '';
  const attributes = `${tag === 'th' ? ` scope="${scope}"` : ''}${kind === '' ? '' : ` class="${kind}"`}`;
  return `<${tag}${attributes}>${escape(cell.text)}</${tag}>`;
}

const STYLE = `
:root{--paper:#fff;--ink:#1c2128;--soft:#57606a;--rule:#d0d7de;--accent:#0b5394}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2.5rem 1.5rem 4rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
header{border-bottom:2px solid var(--ink);margin-bottom:1rem}
.mark{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase}
h1{margin:.1em 0 .3em;font-size:2rem;line-height:1.2}
h2{margin:2.2rem 0 .6rem;font-size:1.25rem}
.question{font-size:1.1rem;max-width:46rem}.made{color:var(--soft);font-size:.85rem}
nav ol{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;list-style:none;margin:0;padding:0;font-size:.9rem}
a{color:var(--accent)}
.frame{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;margin:.6rem 0 1.4rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding-bottom:.3rem}
th,td{padding:.28rem .9rem .28rem 0;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
thead th{border-bottom:1.5px solid var(--ink)}
tbody th{font-weight:400}
th.n,td.n{text-align:right;white-space:nowrap}th.long,td.long{overflow-wrap:anywhere;min-width:8rem}
aside.warning{border-left:4px solid #d55e00;padding:.2rem 1rem;margin:1rem 0}aside.warning p{margin:.3rem 0}aside.warning ul{margin:.3rem 0}
figure{margin:1rem 0 1.6rem}figcaption{color:var(--soft);font-size:.85rem;max-width:46rem}
svg{max-width:none}svg .ink{fill:var(--ink)}svg .rule{stroke:var(--rule)}svg path.ground{stroke:var(--paper)}svg rect.ground{fill:var(--paper)}
details{margin:.4rem 0}summary{cursor:pointer}
pre{overflow:auto;padding:.8rem;border:1px solid var(--rule);font-size:.8rem;line-height:1.4;max-height:30rem}
.zoom{display:flex;gap:.3rem;margin:0 0 .3rem}.zoom button{font:inherit;font-size:.8rem;min-width:1.9rem;padding:.05rem .5rem;color:var(--ink);background:var(--paper);border:1px solid var(--soft);border-radius:3px;cursor:pointer}
@media print{.zoom,nav{display:none}body{max-width:none;padding:0;font-size:10.5pt}figure,tr,aside{break-inside:avoid}h2,h3,caption{break-after:avoid}.frame{overflow:visible}svg{max-width:100%;height:auto}}
`;

/** The reader's theme: the page's colours and the figures'. */
const DARK_STYLE = `@media screen and (prefers-color-scheme:dark){:root{color-scheme:dark;--paper:#171b1e;--ink:#e8e6e1;--soft:#adb3b8;--rule:#2c3338;--accent:#79b8ff}
${(Object.keys(COLOURS) as (keyof typeof COLOURS)[]).map((name) => `svg [fill="${COLOURS[name]}"]{fill:${DARK_COLOURS[name]}}svg [stroke="${COLOURS[name]}"]{stroke:${DARK_COLOURS[name]}}`).join('\n')}
svg .box{fill:#1f2428}}
`;

/** Paper: narrower, smaller, and the documents in two columns of small type. */
const PRINT_STYLE = `
html{font-size:10pt}body{max-width:none;padding:0;font-size:10pt;line-height:1.45}
h1{font-size:20pt}h2{font-size:13pt;margin:1.6rem 0 .4rem;break-after:avoid}h3{font-size:9.5pt;margin:.9rem 0 .2rem;break-after:avoid}
nav,.zoom{display:none}
.frame{overflow:visible}
figure{break-inside:avoid;margin:.6rem 0 1rem}svg{width:100%;height:auto;max-width:100%}
table{font-size:8.5pt;width:100%;margin:.3rem 0 1rem}table.wide{font-size:7pt}caption{break-after:avoid}
thead{display:table-header-group}tr{break-inside:avoid}
th,td{padding:.16rem .6rem .16rem 0}table.wide th.n,table.wide td.n{white-space:normal}table.short{break-inside:avoid}
aside.warning{break-inside:avoid}p:has(+figure){break-after:avoid}
pre{max-height:none;overflow:visible;border:0;border-top:1px solid var(--rule);padding:.4rem 0;font-size:6.2pt;line-height:1.3;columns:2;column-gap:1rem;white-space:pre-wrap;overflow-wrap:anywhere}
`;
