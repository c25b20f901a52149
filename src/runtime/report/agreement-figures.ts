import { agreementText, comparedMeasures } from './comparison/agreement.ts';
import type { Comparison } from './comparison/comparison.ts';
import { apart, type Figure } from './figures.ts';
import { drawPlot, type Mark, palette } from './plot.ts';

/**
 * A plot of Bland and Altman for each measure: the difference of predicted and true value over their mean, a dot for each
 * patient, with bias and limits of agreement.
 */
export function agreementFigures({ rows, agreements = [] }: Comparison): readonly Figure[] {
  const { names } = apart(rows.map(({ label }) => label));
  return comparedMeasures(agreements).map(({ path, title, unit, rows: measured }) => {
    const means = [...measured.values()].flatMap(({ patients }) =>
      patients.map(({ truth, measured: own }) => (truth + own) / 2),
    );
    const [low, high] = [Math.min(...means), Math.max(...means)];
    const room = high > low ? 0.06 * (high - low) : Math.max(0.01, 0.05 * Math.abs(low));
    const ends = [low - room, high + room] as const;
    const level = (y: number, color: string, dashed: boolean): Mark => ({
      ...{ kind: 'line', color, dashed },
      points: ends.map((x) => [x, y] as const),
    });
    const marks = [...measured].flatMap(([row, { patients, bias, limits }]): readonly Mark[] => {
      const color = palette[row % palette.length]!;
      return [
        level(bias, color, false),
        ...(limits === null ? [] : [level(limits.low, color, true), level(limits.high, color, true)]),
        {
          ...{ kind: 'dots', color },
          points: patients.map(({ truth, measured: own }) => [(truth + own) / 2, own - truth] as const),
        },
      ];
    });
    const of = unit === '' ? '' : `, ${unit}`;
    const only = measured.size === 1 ? [...measured.values()][0]! : null;
    return {
      name: `agreement-${path}`,
      svg: drawPlot({
        title: path,
        caption: `${title}; ${only === null ? 'bias and limits of agreement' : `bias ± 1.96 SD: ${agreementText(only)} ${unit}, n = ${only.n}`}`,
        x: { label: `mean of predicted and true${of}`, range: ends },
        y: { label: `predicted − true${of}`, range: null },
        marks: [level(0, '#999999', false), ...marks],
        legend: [...measured].map(([row, own]) => ({
          label: `${names[row]!}: ${agreementText(own)} ${unit}, n = ${own.n}`,
          color: palette[row % palette.length]!,
        })),
      }),
    };
  });
}
