import { metricFacts, metricsOf, partsOfMetric } from '../../compiler/index.ts';
import { evaluatePredictions } from '../metrics/evaluate.ts';
import type { Column } from './comparison/columns.ts';
import type { Comparison } from './comparison/comparison.ts';
import type { ComparedMember } from './comparison/members.ts';
import { apart } from './figures.ts';
import { escaped } from './plot.ts';
import { cellText, shown, structureLines } from './tables.ts';

/** The table of a comparison: ours with intervals, and the paper's. */
export function valueTable({ columns, rows }: Comparison): string {
  const { setting, names } = apart(rows.map(({ label }) => label));
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
  const below = (row: Comparison['rows'][number]) =>
    structureLines(row, columns).map(({ structure, values }) => {
      const cells = values.map((value, index) => {
        const text = value === undefined ? '' : cellText(value, columns[index]!);
        const isGone = value?.value === 0 && columns[index]!.better === 'higher';
        return `<td${isGone ? ' class="missing"' : ''}>${escaped(text)}</td>`;
      });
      return `<tr class="structure"><td>${escaped(structure)}</td>${cells.join('')}</tr>`;
    });
  const body = rows.map((row, index) =>
    row.missing === null
      ? `<tr><td>${escaped(names[index]!)}</td>${columns.map((column) => cell(column, row)).join('')}</tr>${below(row).join('')}`
      : `<tr><td>${escaped(names[index]!)}</td><td class="missing" colspan="${columns.length}">${escaped(row.missing)}</td></tr>`,
  );
  const head = columns.map((column) => `<th title="${escaped(column.title)}">${headingLines(column)}</th>`);
  return `<div class="scroll"><table><thead><tr><th>${escaped(setting)}</th>${head.join('')}</tr></thead><tbody>${body.join('')}</tbody></table></div>`;
}

/** The head above, the metric below. */
function headingLines({ path, unit, better }: Column): string {
  const { head, metric, structure } = partsOfMetric(path);
  const sign = `${better === 'higher' ? '↑' : '↓'} ${unit === '1' ? '%' : unit}`;
  return `<span class="paper">${escaped(structure === null ? head : `${head}, ${structure}`)}</span>${escaped(metric)} ${sign}`;
}

/** All paired tests. */
export function testTable({ tests, rows, columns }: Comparison): string {
  if (tests.length === 0) return '';
  const body = tests.map((test) => {
    const { path, rows: pair, difference, interval, p, corrected, correction, exact, posterior } = test;
    const column = columns.find((known) => known.path === path)!;
    const [one, other] = pair.map((row) => rows[row]!.label);
    const sign = difference > 0 ? '+' : '';
    const ends = interval === null ? '–' : `${shown(interval.low, column)} … ${shown(interval.high, column)}`;
    const adjusted = corrected < 0.05 ? `<strong>${probability(corrected)}</strong>` : probability(corrected);
    const chances =
      posterior === null
        ? '–'
        : [posterior.first, posterior.equal, posterior.second].map(percent).join(' / ');
    const cells = [
      escaped(path),
      escaped(`${one} − ${other}`),
      `${sign}${shown(difference, column)}`,
      ends,
      `${test.test}${exact ? ', exact' : ''}`,
      probability(p),
      `${adjusted} <span class="paper">of ${correction.tests}</span>`,
      chances,
      `${test.patients}`,
    ];
    const title = test.reason === null ? '' : ` title="${escaped(test.reason)}"`;
    return `<tr${title}>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  });
  const heads = [
    'metric',
    'rows',
    'difference',
    '95 %',
    'test',
    'p',
    'p, Holm',
    'better / equal / worse',
    'patients',
  ];
  const head = heads.map((name) => `<th>${name}</th>`).join('');
  return `<details><summary>Paired tests (${tests.length})</summary><div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div></details>`;
}

/** `0.0413`, `&lt; 0.0001` */
function probability(p: number): string {
  return p < 0.0001 ? '&lt; 0.0001' : p.toFixed(4);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(0)} %`;
}

/** Every metric that there is, of all held-out images together, whether or not the study asks for it. */
export function everyMetric(members: readonly ComparedMember[]): string {
  const trained = members.filter(({ missing }) => missing === null);
  const found = trained.map(({ plan, runs }) => {
    const metrics = Object.fromEntries(plan.heads.map(({ name, kind }) => [name, metricsOf(kind)]));
    return evaluatePredictions({ ...plan, evaluate: { ...plan.evaluate, metrics } }, runs[0]!.cases).metrics;
  });
  const paths = [...new Set(found.flatMap((metrics) => metrics.map(({ path }) => path)))];
  if (paths.length === 0) return '';
  const { names } = apart(trained.map(({ label }) => label));
  const body = paths.map((path) => {
    const cells = found.map((metrics) => {
      const metric = metrics.find((known) => known.path === path);
      if (metric === undefined) return '<td>–</td>';
      const text = shown(metric.pooled, metric.contract);
      return `<td${metric.reason === null ? '' : ` title="${escaped(metric.reason)}"`}>${text}</td>`;
    });
    const { contract, title } = found.flat().find((metric) => metric.path === path)!;
    const unit = contract.unit === '1' ? '%' : contract.unit;
    const arrow = metricFacts(partsOfMetric(path).metric)?.better === 'higher' ? '↑' : '↓';
    return `<tr><td title="${escaped(`${title}: ${contract.definition}`)}">${escaped(path)} ${arrow} ${unit}</td>${cells.join('')}</tr>`;
  });
  const head = names.map((name) => `<th>${escaped(name)}</th>`).join('');
  return `<details><summary>Every metric (${paths.length})</summary><div class="scroll"><table><thead><tr><th></th>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div></details>`;
}
