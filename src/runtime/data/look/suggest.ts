import type { FingerprintReport } from './fingerprint-schema.ts';
import { type Facts, fittingFor, structuresIn } from './recipe.ts';

/** Settings of a dataset that suit what was found, as lines of a spec, each with its reason. */
export function suggest(facts: Facts): FingerprintReport['suggestions'] {
  return [fitOf(facts), intensityOf(facts), ...structuresOf(facts), ...foldsOf(facts)];
}

type Suggestion = FingerprintReport['suggestions'][number];

function fitOf(facts: Facts): Suggestion {
  const { fit, reason } = fittingFor(facts);
  return { setting: `fit = ${fit}`, reason };
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

function structuresOf(facts: Facts): readonly Suggestion[] {
  const found = structuresIn(facts);
  if (found.length === 0) return [];
  const lines = found.map(({ name, value }) => `${name} = ${value}`);
  return [
    {
      setting: `structures { ${lines.join('  ')} }`,
      reason: found.every(({ isNamed }) => isNamed)
        ? 'the masks have these values, and the manifest names them'
        : 'the masks have these values; name what they are',
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
