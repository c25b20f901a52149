import { type DataPlan, type HeadPlan, metricPath, outcomes, type RunPlan } from '../../compiler/index.ts';
import type { Judgement } from './label-metrics.ts';
import type { Measurement } from './measure.ts';

/** What a label head is asked of an image: its class, or of several that may be true each by itself. */
export interface Question {
  /** The head's name, and of one class of several the class's behind it: `findings.scar`. */
  readonly path: string;
  /** The class that it is about; null where there is one question. */
  readonly part: string | null;
  /** The answers that it knows. */
  readonly names: readonly string[];
  /** The index of the positive answer; −1 where none is. */
  readonly positive: number;
  /** What was answered; undefined of an image without a label. */
  judgement(measured: Pick<Measurement, 'labels' | 'answers'>): Judgement | undefined;
}

/** The questions of a label head. */
export function questionsOf(head: HeadPlan, data: DataPlan): readonly Question[] {
  const known = outcomes(head, data);
  if (head.encoding !== 'multilabel') {
    return [{ path: head.name, part: null, ...known, judgement: ({ labels }) => labels[head.name] }];
  }
  return known.names.map((name, index) => ({
    path: metricPath(head.name, name),
    part: name,
    names: [name, `no ${name}`],
    positive: 0,
    judgement: ({ answers }) => answers?.[head.name]?.[index],
  }));
}

/** The questions of all label heads of a plan that are trained. */
export function labelQuestions({ heads, data }: Pick<RunPlan, 'heads' | 'data'>): readonly Question[] {
  return heads
    .filter(({ kind, trained }) => kind === 'label' && trained)
    .flatMap((head) => questionsOf(head, data));
}
