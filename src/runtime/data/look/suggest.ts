import type { FingerprintReport } from './fingerprint-schema.ts';

/** Settings of a dataset that suit what was found, as lines of a spec, each with its reason. */
export function suggest(facts: Omit<FingerprintReport, 'suggestions'>): FingerprintReport['suggestions'] {
  return [fitOf(facts), intensityOf(facts), ...structuresOf(facts), ...foldsOf(facts)];
}

type Suggestion = FingerprintReport['suggestions'][number];
type Facts = Omit<FingerprintReport, 'suggestions'>;

/** Pixels that differ more between images look like anatomy that differs. */
const spacingSpread = 1.1;

/** Four halvings need sizes that 16 divides. */
function fitOf({ sizes, spacings }: Facts): Suggestion {
  const apart = Object.entries(spacings).flatMap(([text, images]) =>
    Array<number>(images).fill(Number(text.split('×')[0])),
  );
  const [least, most] = [Math.min(...apart), Math.max(...apart)];
  if (apart.every((spacing) => spacing > 0) && most > spacingSpread * least) {
    const middle = apart.sort((one, other) => one - other)[Math.floor(apart.length / 2)]!;
    return {
      setting: `fit = [resample(${Number(middle.toFixed(2))}), center(192, 192)]`,
      reason: `pixels are ${least} to ${most} mm apart, in the middle ${middle} mm; look whether 192 of them hold the heart`,
    };
  }
  const all = Object.keys(sizes).map((size) => size.split('×').map(Number) as [number, number]);
  const high = Math.max(...all.map(([height]) => height));
  const wide = Math.max(...all.map(([, width]) => width));
  const [height, width] = [high, wide].map((size) => Math.ceil(size / 16) * 16) as [number, number];
  if (Math.max(height, width) <= 256) {
    return {
      setting: `fit = pad(${height}, ${width})`,
      reason: 'it holds every image whole, and 16 divides it',
    };
  }
  return { setting: 'fit = [longest(256), center(256, 256)]', reason: `images are up to ${high}×${wide}` };
}

function intensityOf({ intensities }: Facts): Suggestion {
  const { percent99, middle, highest } = intensities;
  // T1 of muscle and blood at 1.5 and 3 tesla lies between 900 and 2100 ms; other images have no such scale.
  const looksLikeT1 =
    percent99.middle > 1200 && percent99.middle < 4500 && middle.middle > 150 && middle.middle < 2000;
  const sameScale = highest.most < 4 * Math.max(1, highest.least);
  return looksLikeT1 && sameScale
    ? { setting: 'intensity = fixed(scale = 2000)', reason: 'the values are such as T1 in milliseconds has' }
    : { setting: 'intensity = percentile(1%, 99%)', reason: 'the images have no scale in common' };
}

const mostStructures = 16;

function structuresOf({ maskValues }: Facts): readonly Suggestion[] {
  const found = maskValues.filter(({ value }) => Number.isInteger(value) && value > 0);
  // Grey levels are no structures, and names of them would help nobody.
  if (found.length === 0 || found.length > mostStructures) return [];
  const lines = found.map(({ value }) => `structure_${value} = ${value}`);
  return [
    {
      setting: `structures { ${lines.join('  ')} }`,
      reason: 'the masks have these values; name what they are',
    },
  ];
}

function foldsOf({ classes, patients }: Facts): readonly Suggestion[] {
  const rarest = classes.length === 0 ? patients : Math.min(...classes.map((one) => one.patients));
  const count = Math.max(2, Math.min(5, rarest));
  return [
    {
      setting: `folds = kfold(${count})`,
      reason: `${classes.length === 0 ? 'there are' : 'the rarest class has'} ${rarest} patients`,
    },
  ];
}
