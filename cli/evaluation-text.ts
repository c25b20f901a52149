import type { Evaluation, MetricResult } from '../src/runtime/index.ts';
import { columns } from './columns.ts';
import { counted, number } from './quantities.ts';

/** An evaluation as lines: the numbers beside the published ones, then what each number means. */
export function evaluationText(evaluation: Evaluation): readonly string[] {
  const { folds, metrics, images, patients } = evaluation;
  const severalFolds = folds.length > 1;
  const head = ['metric', 'held out', ...(severalFolds ? ['folds ±'] : []), 'paper', ''];
  const rows = metrics.map((metric) => [
    metric.path + (metric.asked ? '' : ' (beside)'),
    number(metric.value),
    ...(severalFolds ? [number(metric.perFold.deviation)] : []),
    metric.reported === null ? '' : number(metric.reported),
    metric.reason ?? '',
  ]);
  const place = `${counted(images, 'held-out image')} of ${counted(patients, 'patient')}, ${severalFolds ? 'folds' : 'fold'} ${folds.join(', ')}`;
  return [
    `${evaluation.experiment}: ${place}`,
    '',
    ...columns([head, ...rows]).map((line) => `  ${line}`),
    '',
    'what the numbers mean',
    ...metrics.map((metric) => `  ${metric.path}: ${contractText(metric)}`),
  ];
}

function contractText({ contract }: MetricResult): string {
  return [
    contract.definition,
    ...(contract.positive === null ? [] : [`positive is \`${contract.positive}\``]),
    contract.aggregation,
    ...(contract.threshold === null ? [] : [`threshold ${contract.threshold}`]),
    contract.empty,
    ...(contract.grid === null ? [] : [contract.grid]),
    ...(contract.caveat === null ? [] : [contract.caveat]),
  ]
    .filter((part) => part !== '')
    .join('; ');
}
