import { outcomes } from '../metrics/measure.ts';
import type { Column, Comparison } from './comparison.ts';
import type { Figure } from './figures.ts';
import type { ComparedMember } from './members.ts';
import { overlaysOf } from './overlay.ts';
import { escaped } from './plot.ts';
import { cellText, heading, shown } from './tables.ts';

/** One study of a page. */
export interface Section {
  readonly comparison: Comparison;
  readonly members: readonly ComparedMember[];
  readonly figures: readonly Figure[];
}

const style = `
body{font:15px/1.5 system-ui,sans-serif;color:#222;background:#fff;max-width:1100px;margin:2rem auto;padding:0 1rem}
h1{font-size:1.6rem}h2{margin-top:2.5rem;border-bottom:1px solid #ccc}h3{font-size:1rem;margin-bottom:.3rem}
table{border-collapse:collapse;margin:.8rem 0;font-variant-numeric:tabular-nums}
th,td{padding:.25rem .7rem;border-bottom:1px solid #e3e3e3;text-align:right;vertical-align:top}
th:first-child,td:first-child{text-align:left}th{font-weight:600}
.paper{color:#666;font-size:.85em;display:block}.missing{color:#a33;text-align:left}.notes{color:#555;font-size:.9em}
.scroll{overflow-x:auto}.figures{display:flex;flex-wrap:wrap;gap:12px}.figures svg{max-width:100%;height:auto}
.overlays{display:flex;flex-wrap:wrap;gap:12px}.overlays figure{margin:0}.overlays img{width:256px;image-rendering:pixelated;display:block}
figcaption{font-size:.85em;color:#555}.key span{padding:0 .4em;color:#fff;border-radius:3px}`;

/** A page of its own: nothing is fetched from anywhere. */
export function writePage(title: string, sections: readonly Section[]): string {
  return [
    '<!doctype html>',
    `<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><title>${escaped(title)}</title><style>${style}</style></head><body>`,
    `<h1>${escaped(title)}</h1>`,
    '<p class="notes">Research software, not a medical device. Shares are percentages; every value is of held-out images.</p>',
    ...sections.map(sectionText),
    '</body></html>',
    '',
  ].join('\n');
}

function sectionText({ comparison, members, figures }: Section): string {
  const trained = members.filter(({ missing }) => missing === null);
  return [
    `<h2>${escaped(comparison.study)}</h2>`,
    valueTable(comparison),
    `<ul class="notes">${comparison.notes.map((note) => `<li>${escaped(note)}</li>`).join('')}</ul>`,
    testTable(comparison),
    ...(figures.length > 0 ? [`<div class="figures">${figures.map(({ svg }) => svg).join('\n')}</div>`] : []),
    ...trained.map(memberText),
  ].join('\n');
}

function valueTable({ columns, rows }: Comparison): string {
  const cell = (column: Column, row: Comparison['rows'][number]) => {
    const value = row.values[column.path];
    const ours = escaped(cellText(value, column));
    const interval = value?.interval;
    const extras = [
      ...(interval == null ? [] : [`95 %: ${shown(interval.low, column)} … ${shown(interval.high, column)}`]),
      ...(value?.reported == null ? [] : [`paper: ${shown(value.reported, column)}`]),
      ...(value?.value === null && value.reason !== null ? [value.reason] : []),
    ];
    const best = row.best.includes(column.path) ? `<strong>${ours}</strong>` : ours;
    return `<td>${best}${extras.map((extra) => `<span class="paper">${escaped(extra)}</span>`).join('')}</td>`;
  };
  const body = rows.map((row) =>
    row.missing === null
      ? `<tr><td>${escaped(row.label)}</td>${columns.map((column) => cell(column, row)).join('')}</tr>`
      : `<tr><td>${escaped(row.label)}</td><td class="missing" colspan="${columns.length}">${escaped(row.missing)}</td></tr>`,
  );
  const head = columns.map(
    (column) => `<th title="${escaped(column.title)}">${escaped(heading(column))}</th>`,
  );
  return `<div class="scroll"><table><thead><tr><th></th>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

function testTable({ tests, rows, columns }: Comparison): string {
  if (tests.length === 0) return '';
  const body = tests.map(({ path, rows: [one, other], test, difference, p, corrected, exact, patients }) => {
    const column = columns.find((known) => known.path === path)!;
    const pair = `${rows[one]!.label} − ${rows[other]!.label}`;
    const sign = difference > 0 ? '+' : '';
    return `<tr><td>${escaped(path)}</td><td>${escaped(pair)}</td><td>${sign}${shown(difference, column)}</td><td>${test}${exact ? ', exact' : ''}</td><td>${probability(p)}</td><td>${corrected < 0.05 ? `<strong>${probability(corrected)}</strong>` : probability(corrected)}</td><td>${patients}</td></tr>`;
  });
  return `<details><summary>Paired tests (${tests.length})</summary><table><thead><tr><th>metric</th><th>rows</th><th>difference</th><th>test</th><th>p</th><th>Holm</th><th>patients</th></tr></thead><tbody>${body.join('')}</tbody></table></details>`;
}

/** `0.0413`, `&lt; 0.0001` */
function probability(p: number): string {
  return p < 0.0001 ? '&lt; 0.0001' : p.toFixed(4);
}

function memberText(member: ComparedMember): string {
  const run = member.runs[0]!;
  const heads = member.plan.heads.filter(({ trained }) => trained);
  const confusions = heads
    .filter(({ kind }) => kind === 'label')
    .map((head) => {
      const { names } = outcomes(head, member.plan.data);
      const counts = names.map(() => names.map(() => 0));
      for (const { labels } of run.cases) {
        const judgement = labels[head.name];
        if (judgement !== undefined) counts[judgement.truth]![judgement.predicted]! += 1;
      }
      const header = names.map((name) => `<th>answered ${escaped(name)}</th>`).join('');
      const rows = names.map(
        (name, truth) =>
          `<tr><td>${escaped(name)}</td>${counts[truth]!.map((count) => `<td>${count}</td>`).join('')}</tr>`,
      );
      return `<table><thead><tr><th>${escaped(head.name)}: true class</th>${header}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
    });
  const overlays = heads
    .filter(({ kind }) => kind === 'mask')
    .flatMap((head) => overlaysOf(run, head.name))
    .map(
      ({ id, place, dsc, png }) =>
        `<figure><img src="${png}" alt="${escaped(`${place} mask, image ${id}`)}"><figcaption>${place}: Dice ${(100 * dsc).toFixed(2)} %, image ${escaped(id)}</figcaption></figure>`,
    );
  const key =
    overlays.length === 0
      ? ''
      : '<p class="notes key"><span style="background:#3c6eff">found</span> <span style="background:#ff3c32">missed</span> <span style="background:#1fa544">invented</span></p>';
  return [
    `<h3>${escaped(member.label)}</h3>`,
    ...confusions,
    ...(overlays.length === 0 ? [] : [`<div class="overlays">${overlays.join('')}</div>`, key]),
  ].join('\n');
}
