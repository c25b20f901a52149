import type { JudgedHeart, MeasureAgreement } from '../../heart/agreement.ts';
import { agreementsOf } from '../../metrics/agreements.ts';
import type { ComparedMember } from './members.ts';

/** How a row's measures of the heart agree with those of the truth. */
export interface RowAgreement {
  /** Of the comparison, from 0. */
  readonly row: number;
  readonly measures: readonly MeasureAgreement[];
  /** Runs of other seeds that each held out and measured the patients. */
  readonly seeds: number;
}

/** Of every row whose runs segment hearts or predict numbers, over the runs of all its seeds: each patient counts once. */
export function rowAgreements(members: readonly ComparedMember[]): readonly RowAgreement[] {
  return members.flatMap(({ plan, runs }, row) => {
    const measures = agreementsOf(
      plan,
      runs.map(({ cases }) => cases),
      runs.flatMap(heartsOf),
    );
    return measures.length === 0 ? [] : [{ row, measures, seeds: runs.length }];
  });
}

/** The held-out hearts of a run, of all its folds. */
function heartsOf({ folds }: ComparedMember['runs'][number]): readonly JudgedHeart[] {
  return folds.flatMap(({ hearts = [] }) => hearts);
}

/** One measure with what each row has of it. */
export interface ComparedMeasure {
  readonly path: string;
  readonly title: string;
  readonly unit: string;
  /** By row of the comparison; absent where a row does not have it. */
  readonly rows: ReadonlyMap<number, MeasureAgreement>;
}

/** The measures of all rows, in the order of the first that has them. */
export function comparedMeasures(rows: readonly RowAgreement[]): readonly ComparedMeasure[] {
  const all = new Map<string, MeasureAgreement>();
  for (const { measures } of rows) for (const one of measures) if (!all.has(one.path)) all.set(one.path, one);
  return [...all.values()].map(({ path, title, unit }) => ({
    path,
    title,
    unit,
    rows: new Map(
      rows.flatMap(({ row, measures }) => {
        const own = measures.find((one) => one.path === path);
        return own === undefined ? [] : [[row, own] as const];
      }),
    ),
  }));
}

/** `10.6 ± 17.9`: bias and what goes with it to the limits of agreement, as the literature of T1 mapping prints them. */
export function agreementText({ bias, deviation }: Pick<MeasureAgreement, 'bias' | 'deviation'>): string {
  return deviation === null ? bias.toFixed(1) : `${bias.toFixed(1)} ± ${(1.96 * deviation).toFixed(1)}`;
}

/** What the numbers are, below their table. */
export function agreementNote(rows: readonly Pick<RowAgreement, 'seeds'>[]): string {
  const seeds = Math.max(1, ...rows.map((row) => row.seeds));
  const several =
    seeds === 1
      ? ''
      : `; of up to ${seeds} seeds, whose deviation is that of a single one, between and within patients (2007)`;
  return `measures: bias ± 1.96 standard deviations of predicted minus true measures, one value for each held-out patient (Bland and Altman 1986)${several}`;
}
