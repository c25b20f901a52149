import { metricFacts } from '../../compiler/index.ts';
import { agreementHtml } from './agreement-tables.ts';
import type { Comparison } from './comparison/comparison.ts';
import type { ComparedMember } from './comparison/members.ts';
import type { Figure } from './figures.ts';
import { memberText, overlayKey } from './page-member.ts';
import { everyMetric, testTable, valueTable } from './page-tables.ts';
import { escaped } from './plot.ts';

/** One study of a page. */
export interface Section {
  /** What the study is, and in what its rows differ. */
  readonly about: readonly string[];
  readonly comparison: Comparison;
  readonly members: readonly ComparedMember[];
  readonly figures: readonly Figure[];
}

const style = `
body{font:15px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:1180px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{font-size:1rem;margin-bottom:.3rem}
table{border-collapse:collapse;margin:.8rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .55rem;white-space:nowrap;border-bottom:1px solid #e3e3e3;text-align:right;vertical-align:top}
th:first-child,td:first-child{text-align:left}th{font-weight:600}
.paper{color:#666;font-size:.85em;display:block}.missing{color:#a33;text-align:left;white-space:normal}.about{color:#333;margin:.2rem 0}.structure td{color:#555;font-size:.9em;border-bottom-color:#f3f3f3}.structure td:first-child{padding-left:1.6rem}.structure td.missing{color:#a33;text-align:right}.notes{color:#555;font-size:.9em}
.scroll{overflow-x:auto}.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(360px,1fr));gap:16px}.figures svg{width:100%;height:auto}
.overlays{display:flex;flex-wrap:wrap;gap:12px}.overlays figure{margin:0}.overlays img{width:220px;image-rendering:pixelated;display:block}
figcaption{font-size:.85em;color:#555;max-width:220px}.members{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,730px),1fr));gap:0 24px}.key span{padding:0 .4em;color:#fff;border-radius:3px}`;

/** A page of its own: nothing is fetched from anywhere. */
export function writePage(title: string, sections: readonly Section[]): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${style}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    '<p class="notes">Research software, not a medical device. Shares are percentages; every value is of held-out images. What is marked as the paper’s was measured on the paper’s own images: it tells what was published, and is no opponent of ours.</p>',
    ...sections.map(sectionText),
    '</body></html>',
    '',
  ].join('\n');
}

function sectionText({ about, comparison, members, figures }: Section): string {
  const trained = members.filter(({ missing }) => missing === null);
  return [
    `<h2>${escaped(comparison.study)}</h2>`,
    ...about.map((line) => `<p class="about">${escaped(line)}</p>`),
    valueTable(comparison),
    `<ul class="notes">${comparison.notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>`,
    testTable(comparison),
    everyMetric(members),
    agreementHtml(comparison),
    ...(figures.length > 0 ? [`<div class="figures">${figures.map(({ svg }) => svg).join('\n')}</div>`] : []),
    ...(figures.some(({ name }) => name === 'psnr')
      ? [`<p class="notes">PSNR: ${escaped(metricFacts('psnr')!.caveat!)}</p>`]
      : []),
    ...(trained.length === 0 ? [] : [overlayKey, ...trained.map(memberText)]),
  ].join('\n');
}
