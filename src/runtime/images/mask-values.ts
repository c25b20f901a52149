/** What the values of a mask are, that should be whole numbers which name structures. */
export type MaskValues =
  | { readonly kind: 'whole' }
  /** All within {@link nearlyWhole} of whole numbers. */
  | { readonly kind: 'rounded'; readonly values: Float32Array; readonly count: number; readonly most: number }
  | { readonly kind: 'wrong'; readonly reason: string };

/** Rounding errors of scaling and of exports are smaller, values that were interpolated larger. */
const nearlyWhole = 0.02;
/** Values of a mask; more of them may be grey levels. */
const manyValues = 8;
/** The values that most pixels have; of the others, those of structures lie together and grey levels lie scattered. */
const commonValues = 4;
/** A share of scattered pixels among those with other values that structures do not reach. */
const scatteredShare = 0.4;

/** Tells values that name structures from those of a mask that was interpolated, smoothed or stored as a photograph. */
export function maskValuesOf(values: Float32Array): MaskValues {
  const areas = new Map<number, number>();
  let between = 0;
  let example = 0;
  let count = 0;
  let most = 0;
  for (const value of values) {
    const whole = Math.round(value);
    const off = Math.abs(value - whole);
    if (!(off <= nearlyWhole)) {
      between += 1;
      example = value;
      continue;
    }
    if (off > 0) {
      count += 1;
      most = Math.max(most, off);
    }
    if (whole !== 0) areas.set(whole, (areas.get(whole) ?? 0) + 1);
  }
  if (between > 0) {
    return {
      kind: 'wrong',
      reason: `${between} of its ${values.length} values lie between whole numbers, such as ${Number(example.toPrecision(4))}: it was interpolated, or is no mask`,
    };
  }
  if (areas.size > manyValues && scattered(values, areas) > scatteredShare) {
    return {
      kind: 'wrong',
      reason: `it has ${areas.size} values beside 0, most of them scattered: it is grey, as a picture that was smoothed or stored as JPEG`,
    };
  }
  return count === 0 ? { kind: 'whole' } : { kind: 'rounded', values: values.map(wholeValue), count, most };
}

/** Of the pixels with uncommon values, the share whose neighbours in the row both have other ones. */
function scattered(values: Float32Array, areas: ReadonlyMap<number, number>): number {
  const byArea = [...areas].sort(([, one], [, other]) => other - one);
  const uncommon = new Set(byArea.slice(commonValues).map(([value]) => value));
  let [all, alone] = [0, 0];
  for (let pixel = 0; pixel < values.length; pixel += 1) {
    const value = values[pixel]!;
    if (!uncommon.has(Math.round(value))) continue;
    all += 1;
    if (values[pixel - 1] !== value && values[pixel + 1] !== value) alone += 1;
  }
  return alone / all;
}

/** The whole number, and never a negative zero. */
function wholeValue(value: number): number {
  return Math.round(value) + 0;
}

/** A mask's values with those that are nearly whole made so; every other stays. */
export function withWholeValues(values: Float32Array): Float32Array {
  return values.map((value) =>
    Math.abs(value - Math.round(value)) <= nearlyWhole ? wholeValue(value) : value,
  );
}
