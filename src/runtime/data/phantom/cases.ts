import { type DataPlan, type PhantomAttribute, phantomAttributes } from '../../../compiler/index.ts';
import { attributeValues } from '../dataset/attributes.ts';
import { type Case, classOf } from '../dataset/dataset.ts';
import { type Anatomy, drawAnatomy, endocardium, wallThickness } from './anatomy.ts';
import { cohort, type Level, type PhantomSource, presets, subjectStream } from './cohort.ts';
import { pixelSpacing } from './tissue.ts';

/** The images of a phantom as cases of a dataset; the labels `healthy` and `diseased` belong to the classes that name them. */
export function phantomCases(source: PhantomSource, plan: DataPlan): readonly Case[] {
  const [height, width] = source.size;
  return cohort(source).map((image): Case => {
    const { diagnosis, subject, level } = image;
    const patient = `${diagnosis}-${String(subject + 1).padStart(3, '0')}`;
    const random = subjectStream(source.seed, diagnosis, subject, 'anatomy');
    const anatomy = drawAnatomy(random, diagnosis, presets[source.difficulty]);
    const spacing = pixelSpacing(anatomy, { height, width });
    return {
      id: `${patient}-${level}`,
      patient,
      class: classOf(plan, diagnosis),
      ...(plan.attributes && { attributes: attributeValues(plan, drawnAttributes(anatomy, level)) }),
      fold: null,
      spacing: [spacing, spacing],
      source: { kind: 'phantom', image },
    };
  });
}

/** Angles around the heart over which shapes are averaged. */
const angles = Array.from({ length: 72 }, (_, step) => (step / 72) * 2 * Math.PI);

/** Where a wall counts as thick, and a cavity as wide, mm in the middle of the heart. */
const [thick, wide] = [12, 56];

/** What {@link phantomAttributes} lists, of one slice of one heart as it was drawn. */
export function drawnAttributes(
  anatomy: Anatomy,
  level: Level,
): Readonly<Record<PhantomAttribute, string | readonly string[] | number>> {
  const mean = (of: (angle: number) => number) =>
    angles.reduce((sum, angle) => sum + of(angle), 0) / angles.length;
  const findings: Readonly<Record<(typeof phantomAttributes)['findings']['classes'][number], boolean>> = {
    scar: anatomy.scar !== null,
    thick_wall: mean((angle) => wallThickness(anatomy, 'mid', angle)) >= thick,
    wide_cavity: 2 * mean((angle) => endocardium(anatomy, 'mid', angle)) >= wide,
  };
  return {
    condition: anatomy.condition,
    findings: phantomAttributes.findings.classes.filter((name) => findings[name]),
    wall_thickness: mean((angle) => wallThickness(anatomy, level, angle)),
    cavity_diameter: 2 * mean((angle) => endocardium(anatomy, level, angle)),
    t1: anatomy.myocardiumT1 + anatomy.diffuseT1,
  };
}
