import { partsOfMetric } from '../../src/compiler/index.ts';
import { type Evaluation, emptyText, type MetricResult } from '../../src/runtime/index.ts';
import { columns } from './columns.ts';
import { agreementLines } from './hearts.ts';
import { counted, number } from './quantities.ts';

/** An evaluation as lines: the numbers beside the published ones, then what each number means. */
export function evaluationText(evaluation: Evaluation): readonly string[] {
  const { folds, metrics, images, patients } = evaluation;
  const heads = [...new Set(metrics.map(({ path }) => headOf(path)))];
  const severalFolds = folds.length > 1;
  const certain = metrics.some(({ intervals }) => intervals.length > 0);
  const head = [
    'metric',
    'held out',
    ...(certain ? ['95 % interval'] : []),
    ...(severalFolds ? ['folds ±'] : []),
    'paper',
    '',
  ];
  const rows = metrics.map((metric) => [
    nameOf(metric),
    number(metric.value),
    ...(certain ? [intervalText(metric)] : []),
    ...(severalFolds ? [number(metric.perFold.deviation)] : []),
    metric.reported === null ? '' : number(metric.reported),
    [
      metric.reason ?? (metric.asked || metric.structure !== null ? '' : 'not asked for, to compare'),
      metric.withoutInterval === undefined ? '' : `no interval: ${metric.withoutInterval}`,
    ]
      .filter((part) => part !== '')
      .join('; '),
  ]);
  const place = `${counted(images, 'held-out image')} of ${counted(patients, 'patient')}, ${severalFolds ? 'folds' : 'fold'} ${folds.join(', ')}`;
  return [
    `${evaluation.experiment}: ${place}`,
    '',
    ...columns([head, ...rows], true).map((line) => `  ${line}`),
    '',
    ...measureLines(evaluation),
    ...(evaluation.data?.limit === undefined
      ? []
      : [`  a quick trial on ${evaluation.data.limit} patients: these numbers say nothing of the whole`]),
    ...(evaluation.data?.accepted ?? []).map((change) => `  changes of the data were accepted: ${change}`),
    'what the numbers mean',
    ...(certain ? [`  95 % intervals: ${methodsText(metrics)}`] : []),
    ...heads.flatMap((head) =>
      headLines(
        head,
        metrics.filter(({ path, structure }) => headOf(path) === head && structure === null),
      ),
    ),
    ...emptyLines(metrics),
  ];
}

const methods = {
  bootstrap: 'bootstrap over patients',
  delong: 'of the AUC by DeLong',
  wilson: 'where nearly all or none are right by Wilson, each patient counted as one',
  newcombe: 'of an AUC near 0 or 1 by Newcombe, by patients of each class',
};

/** How the intervals that are shown were made. */
function methodsText(metrics: readonly MetricResult[]): string {
  const used = new Set(metrics.flatMap(({ intervals }) => intervals.at(-1)?.method ?? []));
  return Object.entries(methods)
    .flatMap(([method, words]) => (used.has(method as keyof typeof methods) ? [words] : []))
    .join(', ');
}

function measureLines({ measures = [], unmeasured = [] }: Evaluation): readonly string[] {
  const lines = agreementLines(measures, unmeasured);
  if (lines.length === 0) return [];
  return [
    'measures beside those of the truth: predicted minus truth, one value for each patient (Bland and Altman)',
    ...lines.map((line) => `  ${line}`),
    '',
  ];
}

function intervalText({ intervals }: MetricResult): string {
  const interval = intervals.at(-1);
  return interval === undefined ? '–' : `${number(interval.low)} … ${number(interval.high)}`;
}

function headOf(path: string): string {
  return partsOfMetric(path).head;
}

/** A structure stands below the mean that it is a part of. */
function nameOf({ path, structure, contract }: MetricResult): string {
  if (structure !== null) return `  ${structure}`;
  return contract.unit === '1' ? path : `${path}, ${contract.unit}`;
}

/** What all metrics of a head have in common is said once. */
function headLines(head: string, metrics: readonly MetricResult[]): readonly string[] {
  const parts = metrics.map(contractParts);
  const shared = parts[0]!.filter((part) => parts.every((others) => others.includes(part)));
  const common = metrics.length === 1 ? [] : shared;
  const lines = metrics.map(({ path }, index) => {
    const own = parts[index]!.filter((part) => !common.includes(part));
    return `  ${path}: ${own.join('; ')}`;
  });
  return common.length === 0 ? lines : [...lines, `  all of ${head}: ${common.join('; ')}`];
}

function contractParts({ contract }: MetricResult): readonly string[] {
  return [
    contract.definition,
    ...(contract.positive === null ? [] : [`positive is \`${contract.positive}\``]),
    ...contract.aggregation.split('; '),
    ...(contract.tolerance == null ? [] : [`tolerance ${contract.tolerance} mm`]),
    ...(contract.threshold === null ? [] : [`threshold ${contract.threshold}`]),
    contract.empty,
    ...(contract.grid === null ? [] : [contract.grid]),
    ...(contract.caveat === null ? [] : [contract.caveat]),
  ].filter((part) => part !== '');
}

/** How many masks of each structure were empty: what those count as is said with each metric. */
function emptyLines(metrics: readonly MetricResult[]): readonly string[] {
  const lines = metrics.flatMap(({ path, structure, structures, empty }) => {
    const text = empty === null || Object.keys(structures).length > 0 ? null : emptyText(empty);
    const { head } = partsOfMetric(path);
    return text === null ? [] : [`  ${structure === null ? head : `${head}, ${structure}`}: ${text}`];
  });
  // The masks of a head are the same for all its metrics that run over images.
  return [...new Set(lines)];
}
