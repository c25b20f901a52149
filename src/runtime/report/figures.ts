import { metricPath, partsOfMetric, type ReportPlan, type RunPlan } from '../../compiler/index.ts';
import { evaluatePredictions } from '../metrics/evaluate.ts';
import { judgementsOf } from '../metrics/head-measures.ts';
import { reliability, rocCurve } from '../metrics/label-metrics.ts';
import { labelQuestions } from '../metrics/questions.ts';
import type { StoredCase } from '../metrics/stored.ts';
import { progressOf } from '../runs/journal/progress-of.ts';
import { type Column, withStructures } from './comparison/columns.ts';
import type { Comparison } from './comparison/comparison.ts';
import { type ComparedMember, caseValues } from './comparison/members.ts';
import { drawPlot, type Mark, type Plot, palette } from './plot.ts';

/** A figure with what it shows. */
export interface Figure {
  readonly name: string;
  readonly svg: string;
}

/** What a sweep varies: the values of each row on the axis of its plots. */
export interface Varied {
  readonly path: string;
  readonly values: readonly string[];
}

/** Every figure that a comparison's runs can give. */
export function figuresOf(
  comparison: Comparison,
  members: readonly ComparedMember[],
  reports: readonly ReportPlan[],
  varied: Varied | null,
): readonly Figure[] {
  const shown = members.flatMap((member, index) =>
    member.missing === null ? [{ member, color: palette[index % palette.length]! }] : [],
  );
  if (shown.length === 0) return [];
  const plotted = reports.filter(({ verb }) => verb === 'plot');
  return [
    ...plotted.flatMap(({ metrics, by }) =>
      varied === null || by === undefined ? [] : [variedPlot(comparison, metrics, varied)],
    ),
    ...spreadPlots(comparison),
    ...labelQuestions(shown[0]!.member.plan)
      .filter(({ positive }) => positive >= 0)
      .flatMap(({ path }) => [rocPlot(path, shown), reliabilityPlot(path, shown)]),
    ...learningPlots(comparison, shown),
    ...psnrPlots(shown),
  ].filter((figure) => figure !== null);
}

interface Shown {
  readonly member: ComparedMember;
  readonly color: string;
}

function figure(name: string, plot: Plot): Figure {
  return { name, svg: drawPlot(plot) };
}

/** Names of rows with numbers behind them. */
function legendOf(
  shown: readonly Shown[],
  numbers: (member: ComparedMember) => readonly (readonly [string, number | null])[] = () => [],
) {
  const { names } = apart(shown.map(({ member }) => member.label));
  return shown.map(({ member, color }, index) => {
    const told = numbers(member).map(([name, value]) => `${name} ${value === null ? '–' : value.toFixed(3)}`);
    return { label: [names[index]!, ...told].join(' · '), color };
  });
}

/** What tells labels apart: of `rates = [2, 2]` and `rates = [3, 5]` the values, where all begin with one setting. */
export function apart(labels: readonly string[]): {
  readonly setting: string;
  readonly names: readonly string[];
} {
  const setting = /^[\w.]+(?= = )/.exec(labels[0] ?? '')?.[0] ?? '';
  const start = `${setting} = `;
  const isPlain = labels.every(
    (label) => label.startsWith(start) && !label.slice(start.length).includes(' = '),
  );
  return setting === '' || !isPlain
    ? { setting: '', names: labels }
    : { setting, names: labels.map((label) => label.slice(start.length)) };
}

/** Metrics and their structures by the value that a sweep varies, as in figure 3, with the deviation over folds. */
function variedPlot(comparison: Comparison, metrics: readonly string[], varied: Varied): Figure {
  const numbers = varied.values.map(Number);
  const numeric = numbers.every(Number.isFinite);
  const shown = metrics.flatMap((path) => {
    const column = comparison.columns.find((known) => known.path === path);
    return column === undefined ? [path] : withStructures(column).map((one) => one.path);
  });
  const marks = shown.flatMap((path, index): readonly Mark[] => {
    const color = palette[index % palette.length]!;
    const found = comparison.rows.flatMap((row, place) => {
      const value = row.values[path];
      if (value?.value == null) return [];
      return [{ x: numeric ? numbers[place]! : place, y: value.value, spread: value.folds.deviation ?? 0 }];
    });
    const sorted = found.sort((left, right) => left.x - right.x);
    return [
      { kind: 'bars', color, spans: sorted.map(({ x, y, spread }) => [x, y - spread, y + spread] as const) },
      { kind: 'line', color, points: sorted.map(({ x, y }) => [x, y] as const) },
      { kind: 'dots', color, points: sorted.map(({ x, y }) => [x, y] as const) },
    ];
  });
  return figure('varied', {
    title: `Metrics by ${varied.path}`,
    caption: `${comparison.study}; bars: deviation over folds`,
    x: { label: varied.path, range: null, ...(numeric ? {} : { names: varied.values }) },
    y: { label: 'metric', range: null },
    marks,
    legend: shown.map((label, index) => ({ label, color: palette[index % palette.length]! })),
  });
}

/** Every fold of every row, with the mean as a ring. */
function spreadPlots({ columns, rows }: Comparison): readonly Figure[] {
  const { setting, names } = apart(rows.map(({ label }) => label));
  const published = '#d55e00';
  return columns.flatMap(withStructures).flatMap(({ path, unit }) => {
    const dots = rows.flatMap(({ values }, row) =>
      (values[path]?.folds.values ?? []).flatMap((value, fold, all) =>
        value === null
          ? []
          : [{ row, value, offset: all.length < 2 ? 0 : 0.24 * (fold / (all.length - 1) - 0.5) }],
      ),
    );
    if (dots.length === 0) return [];
    const reported = rows.flatMap(({ values }, row) => {
      const value = values[path]?.reported;
      return value == null ? [] : [[row, value] as const];
    });
    return [
      figure(`spread-${path}`, {
        title: `${path} by fold`,
        caption: `blue: folds; ring: the value with 95 %${reported.length > 0 ? '; orange: published, of other images' : ''}`,
        x: { label: setting, range: null, names },
        y: { label: unit === '1' ? path : `${path}, ${unit}`, range: null },
        marks: [
          {
            kind: 'bars',
            color: '#000000',
            spans: rows.flatMap(({ values }, row) => {
              const interval = values[path]?.interval;
              return interval == null ? [] : [[row, interval.low, interval.high] as const];
            }),
          },
          {
            kind: 'dots',
            color: palette[0]!,
            points: dots.map(({ row, value, offset }) => [row + offset, value] as const),
          },
          { kind: 'dots', color: published, points: reported.map(([row, value]) => [row + 0.3, value]) },
          {
            kind: 'dots',
            color: '#000000',
            hollow: true,
            points: rows.flatMap(({ values }, row) => {
              const value = values[path]?.value;
              return value == null ? [] : [[row, value] as const];
            }),
          },
        ],
        legend: [],
      }),
    ];
  });
}

/** What chance, or a probability that is true, lies on. */
const diagonal: Mark = {
  kind: 'line',
  color: '#999999',
  dashed: true,
  points: [
    [0, 0],
    [1, 1],
  ],
};

/** How the first run of a member answered a question about held-out images, and which answer is positive. */
function answersTo(path: string, member: Shown['member']) {
  const { plan, cases } = member.runs[0]!;
  const question = labelQuestions(plan).find((own) => own.path === path);
  return {
    judgements: question === undefined ? [] : judgementsOf(question, cases),
    positive: question?.positive ?? 0,
  };
}

function rocPlot(head: string, shown: readonly Shown[]): Figure | null {
  const curves = shown.map(({ member, color }): Mark => {
    const { judgements, positive } = answersTo(head, member);
    return {
      kind: 'line',
      color,
      points: rocCurve(judgements, positive).map(({ fallout, sensitivity }) => [fallout, sensitivity]),
    };
  });
  return figure(`roc-${head}`, {
    title: `ROC of ${head}`,
    caption: 'held-out images of all folds together',
    x: { label: '1 − specificity', range: [0, 1] },
    y: { label: 'sensitivity', range: [0, 1] },
    marks: [diagonal, ...curves],
    legend: legendOf(shown, ({ plan, runs }) => [['AUC', scoreOf(plan, runs[0]!.cases, head, 'auc')]]),
  });
}

function reliabilityPlot(head: string, shown: readonly Shown[]): Figure | null {
  const marks = shown.flatMap(({ member, color }): readonly Mark[] => {
    const { judgements, positive } = answersTo(head, member);
    const points = reliability(judgements, positive).map(
      ({ score, positives }) => [score, positives] as const,
    );
    return [
      { kind: 'line', color, points },
      { kind: 'dots', color, points },
    ];
  });
  return figure(`reliability-${head}`, {
    title: `Reliability of ${head}`,
    caption: 'ten bins of equal width; on the dashed line probabilities are true',
    x: { label: 'mean probability of the positive class', range: [0, 1] },
    y: { label: 'share of positives', range: [0, 1] },
    marks: [diagonal, ...marks],
    legend: legendOf(shown, ({ plan, runs }) => [
      ['ECE', scoreOf(plan, runs[0]!.cases, head, 'ece')],
      ['Brier', scoreOf(plan, runs[0]!.cases, head, 'brier')],
    ]),
  });
}

/** A metric of a label head, or of one of its classes, over all held-out images, whether or not it is asked for. */
function scoreOf(
  plan: RunPlan,
  cases: readonly StoredCase[],
  question: string,
  name: 'auc' | 'ece' | 'brier',
): number | null {
  const [head = '', part = null] = question.split('.');
  const asked = { ...plan, evaluate: { ...plan.evaluate, metrics: { [head]: [name] } } };
  const wanted = metricPath(head, name, part);
  return evaluatePredictions(asked, cases).metrics.find(({ path }) => path === wanted)?.pooled ?? null;
}

/** Means over folds of the training loss and of the first metric, with its structures, by epoch. */
function learningPlots({ columns }: Comparison, shown: readonly Shown[]): readonly Figure[] {
  const curve = (
    value: (epoch: { loss: number; heldOut: Readonly<Record<string, number | null>> }) => number | null,
  ) =>
    shown.map(({ member, color }): Mark => {
      const folds = [...progressOf(member.runs[0]!.folder).folds.values()];
      const last = Math.max(0, ...folds.map(({ epochs }) => epochs.at(-1)?.epoch ?? 0));
      const points = Array.from({ length: last }, (_, index) => index + 1).flatMap((epoch) => {
        const values = folds.flatMap(({ epochs }) => {
          const at = epochs.find((one) => one.epoch === epoch);
          const found = at === undefined ? null : value(at);
          return found === null ? [] : [found];
        });
        if (values.length === 0) return [];
        return [[epoch, values.reduce((sum, one) => sum + one, 0) / values.length] as const];
      });
      return { kind: 'line', color, points };
    });
  const first: readonly Column[] = columns.slice(0, 1).flatMap(withStructures);
  return [
    figure('loss', {
      title: 'Training loss',
      caption: 'mean over folds',
      x: { label: 'epoch', range: null },
      y: { label: 'loss', range: null },
      marks: curve(({ loss }) => loss),
      legend: legendOf(shown),
    }),
    ...first.map(({ path }) => {
      const { structure } = partsOfMetric(path);
      return figure(structure === null ? 'learning' : `learning-${structure}`, {
        title: `${path} while training`,
        caption: 'held-out images, mean over folds',
        x: { label: 'epoch', range: null },
        y: { label: path, range: null },
        marks: curve(({ heldOut }) => heldOut[path] ?? null),
        legend: legendOf(shown),
      });
    }),
  ];
}

/** The PSNR of every image, as in figure 5, of the first row; computed whether or not it is asked for. */
function psnrPlots(shown: readonly Shown[]): readonly Figure[] {
  const { member, color } = shown[0]!;
  const head = member.plan.heads.find(({ kind }) => kind === 'mask')?.name;
  if (head === undefined) return [];
  const plans = member.runs.map((run) => ({
    ...run,
    plan: { ...run.plan, evaluate: { ...run.plan.evaluate, metrics: { [head]: ['psnr'] } } },
  }));
  const values = [...caseValues({ ...member, runs: plans }, `${head}.psnr`).values()].map(
    ({ value }) => value,
  );
  if (values.length === 0) return [];
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return [
    figure('psnr', {
      title: `PSNR of each image's mask, ${member.label}`,
      caption: `mean ${mean.toFixed(2)} dB, from ${Math.min(...values).toFixed(2)} to ${Math.max(...values).toFixed(2)}; images in the order of the folds`,
      x: { label: 'image', range: [0, values.length + 1] },
      y: { label: 'dB', range: null },
      marks: [{ kind: 'dots', color, points: values.map((value, index) => [index + 1, value] as const) }],
      legend: [],
    }),
  ];
}
