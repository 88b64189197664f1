import { escape } from './svg.ts';
import type { Block, Cell, Report } from './model.ts';

/** The report as one HTML file: no network, no script. */
export function reportHtml(report: Report): string {
  const contents = report.sections
    .map((section, i) => `<li><a href="#s${i}">${escape(section.title)}</a></li>`)
    .join('');
  const sections = report.sections
    .map(
      (section, i) =>
        `<section id="s${i}"><h2>${escape(section.title)}</h2>\n${section.blocks.map(block).join('\n')}</section>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escape(report.title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<p class="mark">Faultline report</p>
<h1>${escape(report.title)}</h1>
${report.question === '' ? '' : `<p class="question">${escape(report.question)}</p>`}
<p class="made">Made <time datetime="${escape(report.madeAt)}">${escape(report.madeAt)}</time></p>
</header>
<nav aria-label="Contents"><ol>${contents}</ol></nav>
<main>
${sections}
</main>
</body>
</html>
`;
}

function block(item: Block): string {
  switch (item.type) {
    case 'paragraph':
      return `<p>${escape(item.text)}</p>`;
    case 'list':
      return `<ul>${item.items.map((text) => `<li>${escape(text)}</li>`).join('')}</ul>`;
    case 'warning':
      return `<aside class="warning" aria-label="${escape(item.title)}"><p><strong>${escape(item.title)}</strong></p><ul>${item.items.map((text) => `<li>${escape(text)}</li>`).join('')}</ul></aside>`;
    case 'table':
      return `<div class="scroll" tabindex="0" role="group" aria-label="${escape(item.caption)}"><table><caption>${escape(item.caption)}</caption><thead><tr>${item.head.map((cell) => tableCell('th', cell, 'col')).join('')}</tr></thead><tbody>${item.rows
        .map((row) => `<tr>${row.map((cell, i) => tableCell(i === 0 ? 'th' : 'td', cell, 'row')).join('')}</tr>`)
        .join('\n')}</tbody></table></div>`;
    case 'figure':
      return `<figure><div class="scroll" tabindex="0" role="group" aria-label="${escape(item.figure.caption)}">${item.figure.svg}</div><figcaption>${escape(item.figure.caption)}</figcaption></figure>`;
    case 'code':
      return `<details><summary>${escape(item.title)}</summary><pre>${escape(item.text)}</pre></details>`;
  }
}

function tableCell(tag: 'th' | 'td', cell: Cell, scope: 'col' | 'row'): string {
  const attributes = `${tag === 'th' ? ` scope="${scope}"` : ''}${cell.number ? ' class="n"' : ''}`;
  return `<${tag}${attributes}>${escape(cell.text)}</${tag}>`;
}

const STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1c2128;--soft:#57606a;--rule:#d0d7de;--accent:#0b5394}
@media(prefers-color-scheme:dark){:root{--paper:#14181d;--ink:#e6edf3;--soft:#a3adb8;--rule:#30363d;--accent:#79b8ff}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:60rem;padding:2.5rem 1.5rem 4rem;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,"Segoe UI",Roboto,"DejaVu Sans",sans-serif}
header{border-bottom:2px solid var(--ink);margin-bottom:1rem}
.mark{margin:0;color:var(--soft);font-size:.8rem;letter-spacing:.08em;text-transform:uppercase}
h1{margin:.1em 0 .3em;font-size:2rem;line-height:1.2}
h2{margin:2.2rem 0 .6rem;font-size:1.25rem}
.question{font-size:1.1rem;max-width:46rem}.made{color:var(--soft);font-size:.85rem}
nav ol{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;list-style:none;margin:0;padding:0;font-size:.9rem}
a{color:var(--accent)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-size:.9rem;margin:.6rem 0 1.4rem;font-variant-numeric:tabular-nums}
caption{text-align:left;color:var(--soft);padding-bottom:.3rem}
th,td{padding:.28rem .9rem .28rem 0;text-align:left;border-bottom:1px solid var(--rule);vertical-align:top}
thead th{border-bottom:1.5px solid var(--ink)}
tbody th{font-weight:400}
th.n,td.n{text-align:right;white-space:nowrap}
aside.warning{border-left:4px solid #d55e00;padding:.2rem 1rem;margin:1rem 0}aside.warning p{margin:.3rem 0}aside.warning ul{margin:.3rem 0}
figure{margin:1rem 0 1.6rem}figcaption{color:var(--soft);font-size:.85rem;max-width:46rem}
svg{max-width:none}svg .ink{fill:var(--ink)}svg .rule{stroke:var(--rule)}
details{margin:.4rem 0}summary{cursor:pointer}
pre{overflow:auto;padding:.8rem;border:1px solid var(--rule);font-size:.8rem;line-height:1.4;max-height:30rem}
@media print{body{max-width:none;padding:0;font-size:11pt}nav{display:none}section,figure,table{break-inside:avoid}.scroll{overflow:visible}}
`;
