import type { DataPlan, HeadPlan } from './run-plan.ts';

/** What the data say of an image or a patient beside masks and diagnosis: what a label or a value head predicts. */
export type AttributePlan = LabelAttribute | ValueAttribute;

/** One of some classes, or several of them at once. */
export interface LabelAttribute {
  readonly kind: 'label';
  readonly name: string;
  /** The name in the rows of the manifest. */
  readonly column: string;
  readonly classes: DataPlan['classes'];
  /** The class that counts as positive; null where none does. */
  readonly positive: string | null;
  /** Whether a row lists all classes that are true of it, which may be none. */
  readonly several: boolean;
}

/** A number with a unit. */
export interface ValueAttribute {
  readonly kind: 'value';
  readonly name: string;
  /** The name in the rows of the manifest. */
  readonly column: string;
  /** The unit of the numbers, for people: `%`, `ms`, `mm`. */
  readonly unit: string;
  /** What a number is divided by to be a value of the head. */
  readonly scale: number;
  /** Whether each image has a number of its own, or all images of a patient the same. */
  readonly of: 'image' | 'patient';
  /** A difference in the unit that makes no practical difference. */
  readonly margin: number;
}

/** The classes that a label head tells apart: those of its attribute, else the diagnoses of the dataset. */
export interface LabelSpace {
  readonly classes: DataPlan['classes'];
  readonly positive: string | null;
  readonly several: boolean;
}

/** What a label head tells apart. */
export function labelSpace({ attribute }: Pick<HeadPlan, 'attribute'>, data: DataPlan): LabelSpace {
  const found = attributeNamed(data, attribute);
  if (found?.kind === 'label') return found;
  return { classes: data.classes, positive: data.positive === '' ? null : data.positive, several: false };
}

/** The number that a value head predicts. Throws for a head of another kind. */
export function valueAttribute({ attribute }: Pick<HeadPlan, 'attribute'>, data: DataPlan): ValueAttribute {
  const found = attributeNamed(data, attribute);
  if (found?.kind !== 'value') throw new Error(`the data give no number \`${attribute}\``);
  return found;
}

/** The attribute of a name; undefined where there is none. */
export function attributeNamed(data: DataPlan, name: string | undefined): AttributePlan | undefined {
  return data.attributes?.find((one) => one.name === name);
}
