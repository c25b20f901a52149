import type { DataPlan } from '../../../compiler/index.ts';
import { type Case, classOf } from '../dataset/dataset.ts';
import { drawAnatomy } from './anatomy.ts';
import { cohort, type PhantomSource, presets, subjectStream } from './cohort.ts';
import { pixelSpacing } from './tissue.ts';

/** The images of a phantom as cases of a dataset; the labels `healthy` and `diseased` belong to the classes that name them. */
export function phantomCases(source: PhantomSource, plan: DataPlan): readonly Case[] {
  const [height, width] = source.size;
  return cohort(source).map((image): Case => {
    const { diagnosis, subject, level } = image;
    const patient = `${diagnosis}-${String(subject + 1).padStart(3, '0')}`;
    const random = subjectStream(source.seed, diagnosis, subject, 'anatomy');
    const spacing = pixelSpacing(drawAnatomy(random, diagnosis, presets[source.difficulty]), {
      height,
      width,
    });
    return {
      id: `${patient}-${level}`,
      patient,
      class: classOf(plan, diagnosis),
      fold: null,
      spacing: [spacing, spacing],
      source: { kind: 'phantom', image },
    };
  });
}
