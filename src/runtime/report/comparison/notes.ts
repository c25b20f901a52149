import { partsOfMetric } from '../../../compiler/index.ts';
import type { Interval } from '../../metrics/evaluate.ts';
import { posteriorDraws } from '../../statistics/posterior.ts';
import { type Column, isOfStructure } from './columns.ts';
import type { ComparedMember, ComparedValue } from './members.ts';
import type { ComparisonTest } from './pairs.ts';

/** Of two rates that can be traded for each other, the other one. */
export function counterpartOf(path: string): string {
  return path.replace(/sensitivity$|specificity$/, (name) =>
    name === 'sensitivity' ? 'specificity' : 'sensitivity',
  );
}

/** What a reader has to know of a table. */
export function notesOf(
  members: readonly ComparedMember[],
  values: readonly Readonly<Record<string, ComparedValue>>[],
  columns: readonly Column[],
  tests: readonly ComparisonTest[],
): readonly string[] {
  const notes: string[] = [];
  const [first] = members.filter(({ missing }) => missing === null);
  if (first === undefined) return ['nothing has been trained yet'];
  const images = first.runs[0]!.cases.length;
  const patients = new Set(first.runs[0]!.cases.map(({ patient }) => patient)).size;
  notes.push(`${images} held-out images of ${patients} patients; ± is the sample deviation over folds`);
  for (const { label, runs } of members) {
    for (const { folder, plan, accepted } of runs) {
      if (plan.data.limit !== undefined)
        notes.push(`\`${label}\`: ${folder} is a quick trial on ${plan.data.limit} patients`);
      if (accepted.length === 0) continue;
      notes.push(`\`${label}\`: changes of the data of ${folder} were accepted: ${accepted.join('; ')}`);
    }
  }
  if (new Set(members.flatMap(({ runs }) => runs.flatMap(({ folds }) => folds[0]?.data ?? []))).size > 1)
    notes.push('the rows were trained and judged on different data');
  const positive = columns.find((column) => column.positive !== null)?.positive;
  if (positive != null) notes.push(`positive is \`${positive}\``);
  if (tests.length > 0) notes.push(...testNotes(tests));
  if (columns.some(({ path }) => counterpartOf(path) !== path) && tests.length > 0) {
    notes.push(
      'a sensitivity or specificity is marked only where the other of the two is not significantly worse',
    );
  }
  if (tests.length > 0 && members.every(({ runs }) => runs.length < 2)) {
    notes.push(
      'each row is one training: the tests tell these trained networks apart, not what another seed would give (`cmrc sweep --seeds 3`)',
    );
  }
  const untested = columns.filter(({ path }) => !tests.some((test) => test.path === path));
  if (tests.length > 0 && untested.length > 0) {
    notes.push(`without a paired test: ${untested.map(({ path }) => path).join(', ')}`);
  }
  const pairs = tests.map((test) => test.images);
  if (Math.min(...pairs) < images && columns.some(({ path }) => path.endsWith('.dsc'))) {
    const common = tests.filter(({ path }) => path.endsWith('.dsc')).map((test) => test.images);
    if (Math.min(...common) < images)
      notes.push('rows do not hold the same images: pairs are of those in both');
  }
  notes.push(...intervalNotes(values));
  const seeds = new Set(members.map(({ runs }) => runs.length).filter((count) => count > 0));
  if (Math.max(...seeds) > 1)
    notes.push(
      'values are means over seeds; tests are of images averaged over seeds; confusions, curves and pictures are of the first',
    );
  return notes;
}

/** What stands behind p-values, their correction and the probabilities beside them. */
function testNotes(tests: readonly ComparisonTest[]): readonly string[] {
  const counts = [...new Set(tests.map(({ correction }) => correction.tests))];
  const family = counts.length === 1 ? `${counts[0]}` : `${Math.min(...counts)} to ${Math.max(...counts)}`;
  const margins = new Map(tests.map(({ path, margin }) => [path, margin]));
  const paths = (margin: number) =>
    [...margins].flatMap(([path, own]) => (own === margin ? [partsOfMetric(path).metric] : []));
  const stated = [...new Set(margins.values())].map(
    (margin) => `${margin} for ${[...new Set(paths(margin))].join(', ')}`,
  );
  const reasons = tests.flatMap(({ reason, test }) => (reason === null ? [] : [`${test}: ${reason}`]));
  return [
    "bold: better than every other row in every fold, each with p < 0.05 after Holm's correction; " +
      'paired tests with patients as units: Wilcoxon (masks, Brier), McNemar (answers), DeLong (AUC)',
    `p is corrected by Holm over the pairs of rows tested in one metric, ${family} ${family === '1' ? 'test' : 'tests'} each; not over metrics`,
    ...(tests.some(({ posterior }) => posterior !== null)
      ? [
          `probabilities that the first row is better, equal or worse: Bayesian signed rank (Benavoli et al. 2017), of answers their mean, ${posteriorDraws} draws; equal within ${stated.join(', ')} (\`evaluate.margin\`); none of an AUC, which no single patient has`,
        ]
      : []),
    ...new Set(reasons),
  ];
}

const methodWords: Readonly<Record<Interval['method'], string>> = {
  bootstrap: 'patients drawn a thousand times (bootstrap)',
  delong: 'DeLong (AUC)',
  wilson: 'Wilson, each patient counted as one, where nearly all or none are right',
  newcombe: 'Newcombe, by patients of each class, for an AUC near 0 or 1',
};

/** How intervals were made, and why some are not there. */
function intervalNotes(values: readonly Readonly<Record<string, ComparedValue>>[]): readonly string[] {
  const all = values.flatMap((row) => Object.entries(row));
  const methods = new Set(all.flatMap(([, { interval }]) => interval?.method ?? []));
  const used = Object.entries(methodWords).flatMap(([method, words]) =>
    methods.has(method as Interval['method']) ? [words] : [],
  );
  const without = new Map<string, Set<string>>();
  for (const [path, { withoutInterval }] of all) {
    if (withoutInterval === null || isOfStructure(path)) continue;
    without.set(withoutInterval, (without.get(withoutInterval) ?? new Set()).add(path));
  }
  return [
    ...(used.length === 0 ? [] : [`intervals are of 95 %, over patients: ${used.join('; ')}`]),
    ...[...without].map(
      ([reason, paths]) => `rows without an interval of ${[...paths].join(', ')}: ${reason}`,
    ),
  ];
}
