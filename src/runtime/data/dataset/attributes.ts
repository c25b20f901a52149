import {
  type AttributePlan,
  attributeNamed,
  type DataPlan,
  type HeadPlan,
  labelSpace,
  type RunPlan,
  valueAttribute,
} from '../../../compiler/index.ts';
import type { GivenAttribute } from '../manifest/manifest-schema.ts';

/** What an attribute of an image is: the name of a class, the names of all classes that are true, or a number in its unit. */
export type AttributeValue = string | readonly string[] | number;

/** By the attribute's name. Those that a row does not give, or gives wrongly, are left out. */
export type AttributeValues = Readonly<Record<string, AttributeValue>>;

/** The attributes that the heads of a plan predict. */
export function askedAttributes({ heads, data }: Pick<RunPlan, 'heads' | 'data'>): readonly AttributePlan[] {
  return heads.flatMap(({ attribute }) => attributeNamed(data, attribute) ?? []);
}

/** What a row gives as an attribute, in the words of its plan; undefined for what it cannot be. */
export function attributeValue(
  attribute: AttributePlan,
  given: GivenAttribute | undefined,
): AttributeValue | undefined {
  if (given === undefined) return undefined;
  if (attribute.kind === 'value') {
    return typeof given === 'number' && Number.isFinite(given) ? given : undefined;
  }
  const classOf = (label: string) => attribute.classes.find(({ labels }) => labels.includes(label))?.name;
  if (!attribute.several) return typeof given === 'string' ? classOf(given) : undefined;
  if (typeof given === 'number') return undefined;
  const named = [given].flat().map(classOf);
  return named.includes(undefined)
    ? undefined
    : attribute.classes.map(({ name }) => name).filter((name) => named.includes(name));
}

/** All attributes of a plan that a row gives. */
export function attributeValues(
  { attributes = [] }: Pick<DataPlan, 'attributes'>,
  given: Readonly<Record<string, GivenAttribute>>,
): AttributeValues {
  return Object.fromEntries(
    attributes.flatMap((attribute) => {
      const value = attributeValue(attribute, given[attribute.column]);
      return value === undefined ? [] : [[attribute.name, value] as const];
    }),
  );
}

/** What the data say of an image. */
interface Known {
  /** The name of its diagnosis; null where the data says none. */
  readonly class: string | null;
  readonly attributes?: AttributeValues;
}

/** The truth of a label or value head, `[channels]`: 0 and 1 of labels, scales of the unit of values; null without one. */
export function encodeKnown(
  head: Pick<HeadPlan, 'kind' | 'encoding' | 'attribute'>,
  one: Known,
  data: DataPlan,
): Float32Array | null {
  const { kind, encoding, attribute } = head;
  const value = attribute === undefined ? one.class : (one.attributes?.[attribute] ?? null);
  if (value === null) return null;
  if (kind === 'value') return Float32Array.of((value as number) / valueAttribute(head, data).scale);
  const { classes, positive } = labelSpace(head, data);
  if (encoding === 'binary') return Float32Array.of(value === positive ? 1 : 0);
  const isTrue = (name: string) => (typeof value === 'object' ? value.includes(name) : value === name);
  return Float32Array.from(classes, ({ name }) => (isTrue(name) ? 1 : 0));
}
