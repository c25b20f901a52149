import { stream } from '../random/random.ts';

/** How probable it is that one of two is really better, or that they are equal within a margin. They sum to 1. */
export interface Posterior {
  /** The values of the first are greater by more than the margin. */
  readonly first: number;
  readonly equal: number;
  readonly second: number;
}

/** So many weights are drawn from the posterior; the error of a probability is then at most half a percent. */
export const posteriorDraws = 10_000;

/**
 * The Bayesian signed-rank test of paired differences (Benavoli, Corani, Demšar and Zaffalon 2017, JMLR 18(77)). The
 * differences have a Dirichlet process as prior, of strength 1 at a difference of 0, so a draw weighs them and a
 * pseudo-difference of 0 by Dirichlet(1, …, 1). In each draw the mean of two differences lies above, within or below the
 * margin; told is how often each of the three is the likeliest.
 */
export function signedRankPosterior(differences: readonly number[], margin: number): Posterior {
  const values = Float64Array.from([0, ...differences]).sort();
  const reach = 2 * margin * (1 + 1e-9);
  // With values[i] a pair is above from values[above[i]] on, and not below from values[within[i]] on.
  const above = values.map((value) => values.findIndex((other) => value + other > reach));
  const within = values.map((value) => values.findIndex((other) => value + other >= -reach));
  const sums = new Float64Array(values.length + 1);
  const sumBefore = (place: number) => sums[place === -1 ? values.length : place]!;
  return counted(values.length, (weights) => {
    for (let place = 0; place < values.length; place += 1) sums[place + 1] = sums[place]! + weights[place]!;
    const total = sums[values.length]!;
    let [greater, smaller] = [0, 0];
    for (let place = 0; place < values.length; place += 1) {
      greater += weights[place]! * (total - sumBefore(above[place]!));
      smaller += weights[place]! * sumBefore(within[place]!);
    }
    const equal = total * total - greater - smaller;
    return greater > equal && greater > smaller ? 1 : smaller > equal && smaller > greater ? -1 : 0;
  });
}

/**
 * The posterior of the mean over images of differences between -1 and 1: for answers, which most images get alike, so that
 * signed ranks say nothing. Patients are weighed as above; the prior are three patients, of whom the first answers one
 * better, one alike and one worse, so with one image each it is the posterior of three shares with a uniform prior.
 * @param patients sums of differences and numbers of images
 */
export function meanPosterior(
  patients: readonly { readonly sum: number; readonly images: number }[],
  margin: number,
): Posterior {
  const images = patients.map((patient) => patient.images);
  const usual = images.reduce((sum, count) => sum + count, 0) / patients.length;
  const sums = [usual, 0, -usual, ...patients.map(({ sum }) => sum)];
  const counts = [usual, usual, usual, ...images];
  const reach = margin * (1 + 1e-9);
  return counted(sums.length, (weights) => {
    let [sum, count] = [0, 0];
    for (let place = 0; place < sums.length; place += 1) {
      sum += weights[place]! * sums[place]!;
      count += weights[place]! * counts[place]!;
    }
    const mean = sum / count;
    return mean > reach ? 1 : mean < -reach ? -1 : 0;
  });
}

/** The share of draws for each side that a draw is for. */
function counted(length: number, side: (weights: Float32Array) => 1 | 0 | -1): Posterior {
  let [first, second] = [0, 0];
  const weights = drawnWeights(length);
  for (let draw = 0; draw < posteriorDraws; draw += 1) {
    const found = side(weights.subarray(draw * length, (draw + 1) * length));
    if (found === 1) first += 1;
    if (found === -1) second += 1;
  }
  return {
    first: first / posteriorDraws,
    equal: (posteriorDraws - first - second) / posteriorDraws,
    second: second / posteriorDraws,
  };
}

let kept = new Float32Array(0);
let keptLength = 0;

/**
 * Weights `[draw, place]` of Dirichlet(1, …, 1), not yet divided by their sum: exponential variables. The same for every
 * test of one length, and kept until another is asked for, because all pairs of a study have one.
 */
function drawnWeights(length: number): Float32Array {
  if (keptLength !== length) {
    const random = stream(0, 'posterior', length);
    keptLength = length;
    kept = Float32Array.from(
      { length: posteriorDraws * length },
      () => -Math.log((random.bits() + 1) / 2 ** 32),
    );
  }
  return kept;
}
