import type { AttributePlan, DataPlan, HeadPlan, ValueAttribute } from './run-plan.ts';

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
