import { join } from 'node:path';
import type { Bag, ReportPlan } from '../../compiler/index.ts';
import { writeAtomically } from '../storage/atomic.ts';
import { csvText } from '../storage/csv.ts';
import { systemProblem } from '../storage/problems.ts';
import { agreementFigures } from './agreement-figures.ts';
import { agreementCsv, agreementPairs } from './agreement-tables.ts';
import { type Comparison, compareRows, type RowRequest } from './comparison/comparison.ts';
import { figuresOf, type Varied } from './figures.ts';
import { type Section, writePage } from './page.ts';
import { testsTable, writeTable } from './tables.ts';

/** A study as the report needs it. */
export interface StudyRequest {
  readonly name: string;
  /** What it is, and in what its rows differ. */
  readonly about: readonly string[];
  readonly rows: readonly RowRequest[];
  readonly metrics: readonly string[];
  readonly reports: readonly ReportPlan[];
  readonly varied: Varied | null;
}

/** What a report is made of, and where it lies. */
export interface Report {
  readonly comparisons: readonly Comparison[];
  readonly files: readonly string[];
}

/**
 * Writes the tables of studies as Markdown, CSV and LaTeX, their figures as SVG, all of it as one page, and the numbers
 * as `report.json`; nothing where nothing was trained. Null, with the reason in the bag, when the folder cannot be written.
 */
export function writeReport(
  title: string,
  studies: readonly StudyRequest[],
  parent: string,
  out: string,
  bag: Bag,
  acceptData = false,
): Report | null {
  const sections: Section[] = studies.map(({ name, about, rows, metrics, reports, varied }) => {
    const { comparison, members } = compareRows(name, rows, metrics, parent, bag, acceptData);
    return {
      about,
      comparison,
      members,
      figures: [...figuresOf(comparison, members, reports, varied), ...agreementFigures(comparison)],
    };
  });
  const comparisons = sections.map(({ comparison }) => comparison);
  const empty = comparisons.every(({ rows }) => rows.every(({ missing }) => missing !== null));
  if (empty) return { comparisons, files: [] };
  const files: Record<string, string> = {
    'report.html': writePage(title, sections),
    'report.json': `${JSON.stringify({ version: 1, comparisons }, null, 1)}\n`,
    'tables.md': comparisons.map((comparison) => writeTable(comparison, 'markdown')).join('\n'),
  };
  for (const { comparison, figures } of sections) {
    files[`${comparison.study}.csv`] = writeTable(comparison, 'csv');
    if (comparison.tests.length > 0) files[`${comparison.study}-tests.csv`] = csvText(testsTable(comparison));
    if (comparison.agreements !== undefined) {
      files[`${comparison.study}-agreement.csv`] = agreementCsv(comparison);
      files[`${comparison.study}-patients.csv`] = agreementPairs(comparison);
    }
    files[`${comparison.study}.tex`] = writeTable(comparison, 'latex');
    for (const { name, svg } of figures)
      files[join('figures', `${comparison.study}-${name}.svg`)] = `${svg}\n`;
  }
  try {
    for (const [name, text] of Object.entries(files)) writeAtomically(join(out, name), text);
    return { comparisons, files: Object.keys(files).map((name) => join(out, name)) };
  } catch (error) {
    bag.add(systemProblem(error, out));
    return null;
  }
}
