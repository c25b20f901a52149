import { attributeNamed } from '../../plan/attributes.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import { firstEntry, placeOf, type SettingNode } from '../settings/tree.ts';
import { parseRational, toNumber } from '../values/rational.ts';
import type { ResolvedDataset } from './dataset.ts';

/** A published number: it stands for every number that is rounded to it. */
export interface Claim {
  readonly value: number;
  /** Half a unit of its last digit. */
  readonly half: number;
}

/** How many cases of a binary diagnosis there are. */
export interface Cases {
  readonly positive: number;
  readonly negative: number;
}

/** A confusion matrix, as the positives and the negatives that are found. */
export interface Found {
  readonly positive: number;
  readonly negative: number;
}

/** Counts and matrices that are tried one by one; cohorts beyond are not checked. */
const maxTried = 1_000_000;

/** What each metric of a diagnosis is, of a confusion matrix; not a number where it divides by 0. */
const rates: Readonly<Record<string, (found: Found, cases: Cases) => number>> = {
  sensitivity: (found, cases) => found.positive / cases.positive,
  specificity: (found, cases) => found.negative / cases.negative,
  accuracy: (found, cases) => (found.positive + found.negative) / (cases.positive + cases.negative),
  balanced_accuracy: (found, cases) =>
    (found.positive / cases.positive + found.negative / cases.negative) / 2,
  ppv: (found, cases) => found.positive / (found.positive + cases.negative - found.negative),
  npv: (found, cases) => found.negative / (found.negative + cases.positive - found.positive),
  f1: (found, cases) =>
    (2 * found.positive) / (cases.positive + found.positive + cases.negative - found.negative),
};

/** Whether a number rounds to the claim. */
function rounds(value: number, { value: claimed, half }: Claim): boolean {
  return Math.abs(value - claimed) <= half * (1 + 1e-6);
}

/** The first confusion matrix that gives all claimed rates; `none` when there is none, undefined when not tried. */
export function matrixOf(claims: Readonly<Record<string, Claim>>, cases: Cases): Found | 'none' | undefined {
  const rated = Object.entries(claims).filter(([name]) => name in rates);
  if (rated.length === 0) return undefined;
  const positives = countsOf(cases.positive, claims['sensitivity']);
  const negatives = countsOf(cases.negative, claims['specificity']);
  if (lengthOf(positives) * lengthOf(negatives) > maxTried) return undefined;
  for (let positive = positives.from; positive <= positives.to; positive++) {
    for (let negative = negatives.from; negative <= negatives.to; negative++) {
      const found = { positive, negative };
      if (rated.every(([name, claim]) => rounds(rates[name]!(found, cases), claim))) return found;
    }
  }
  return 'none';
}

interface Counts {
  readonly from: number;
  readonly to: number;
}

/** The counts of so many cases that a claimed rate is rounded from; there are none where `to` lies below `from`. */
function countsOf(cases: number, claim: Claim | undefined): Counts {
  if (claim === undefined || cases === 0) return { from: 0, to: claim === undefined ? cases : -1 };
  const half = claim.half * (1 + 1e-6);
  const from = Math.max(0, Math.floor((claim.value - half) * cases));
  const to = Math.min(cases, Math.ceil((claim.value + half) * cases));
  return {
    from: rounds(from / cases, claim) ? from : from + 1,
    to: rounds(to / cases, claim) ? to : to - 1,
  };
}

function lengthOf({ from, to }: Counts): number {
  return Math.max(0, to - from + 1);
}

/** The least and the most that the area under a ROC curve through one point can be. */
export function areaBounds(sensitivity: Claim, specificity: Claim): readonly [number, number] {
  const low = ({ value, half }: Claim) => Math.max(0, value - half);
  const high = ({ value, half }: Claim) => Math.min(1, value + half);
  return [low(sensitivity) * low(specificity), 1 - (1 - high(sensitivity)) * (1 - high(specificity))];
}

/**
 * The least and the most that the mean Jaccard index of images with a mean Dice coefficient can be. Image by image
 * J = D / (2 − D), which bends upwards from (0, 0) to (1, 1): equal images give the least, empty and perfect ones the most.
 */
export function jaccardBounds({ value, half }: Claim): readonly [number, number] {
  const low = Math.max(0, value - half);
  return [low / (2 - low), Math.min(1, value + half)];
}

/** Reports published values that cannot be true together, or at all. Warnings: the publication is not ours to mend. */
export function checkClaims(
  settings: SettingNode['children'],
  heads: readonly ast.Head[],
  dataset: ResolvedDataset | undefined,
  reporter: Reporter,
): void {
  for (const head of heads) {
    const node = settings.get('reported')?.children.get(head.name.text);
    if (!node) continue;
    const claims = claimsIn(node);
    if (head.headKind.text === 'mask') checkOverlap(claims, node, reporter);
    else if (head.headKind.text === 'label') {
      // Of other attributes nothing says how many images there are of each class.
      const isDiagnosis = dataset === undefined || attributeNamed(dataset.plan, head.name.text) === undefined;
      if (isDiagnosis && isOfData(node, settings.get('data'))) checkMatrix(claims, node, dataset, reporter);
      checkArea(claims, node, reporter);
    }
  }
}

/** The claims as written; values that are computed count as exact to four decimals. */
function claimsIn(node: SettingNode): Readonly<Record<string, Claim>> {
  const claims: Record<string, Claim> = {};
  for (const [metric, { entry }] of node.children) {
    if (entry?.value.kind !== 'number') continue;
    const { text, unit } = entry.value;
    if (unit !== undefined && unit !== '%') continue;
    const decimals = /\.(\d+)/.exec(text)?.[1]?.length ?? 0;
    const share = unit === '%' ? 0.01 : 1;
    claims[metric] = { value: toNumber(parseRational(text)) * share, half: 0.5 * share * 10 ** -decimals };
  }
  return claims;
}

function checkMatrix(
  claims: Readonly<Record<string, Claim>>,
  node: SettingNode,
  dataset: ResolvedDataset | undefined,
  reporter: Reporter,
): void {
  const cases = dataset && casesOf(dataset);
  if (!cases) return;
  const foldNote = 'a mean over folds of unequal size can be such a number; pooled counts cannot';
  let sound = true;
  for (const [name, count, which] of [
    ['sensitivity', cases.positive, 'positive'],
    ['specificity', cases.negative, 'negative'],
  ] as const) {
    const claim = claims[name];
    if (!claim || count === 0 || matrixOf({ [name]: claim }, cases) !== 'none') continue;
    sound = false;
    const below = Math.floor(claim.value * count);
    const near = [below, below + 1].filter((found) => found <= count);
    reporter.report('impossibleRate', {
      at: placeOf(node, name)!,
      arguments: { metric: name, value: percent(claim.value), count, which },
      notes: [
        `the nearest are ${near.map((found) => `${found} of ${count}, ${percent(found / count)}`).join(', and ')}`,
        foldNote,
      ],
    });
  }
  const together = Object.keys(claims).filter((name) => name in rates);
  if (!sound || together.length === 0 || matrixOf(claims, cases) !== 'none') return;
  // The claim to blame is one without which the others agree, if there is one.
  const odd = together.filter((name) => {
    const { [name]: _, ...others } = claims;
    return matrixOf(others, cases) !== 'none';
  });
  const blamed = together.length > 1 && odd.length === 1 ? odd[0]! : together.at(-1)!;
  const { [blamed]: own, ...others } = claims;
  const found = matrixOf(others, cases);
  const instead =
    typeof found === 'object'
      ? [
          `the other values are those of ${found.positive} of ${cases.positive} positive and ${found.negative} of ${cases.negative} negative images found, where \`${blamed}\` is ${percent(rates[blamed]!(found, cases))}, not ${percent(own!.value)}`,
        ]
      : [];
  reporter.report('impossibleMatrix', {
    at: placeOf(node, blamed)!,
    arguments: { metrics: together.join(', '), positive: cases.positive, negative: cases.negative },
    notes: [...instead, foldNote],
  });
}

function checkArea(claims: Readonly<Record<string, Claim>>, node: SettingNode, reporter: Reporter): void {
  const { auc, sensitivity, specificity } = claims;
  if (!auc || !sensitivity || !specificity) return;
  const [minimum, maximum] = areaBounds(sensitivity, specificity);
  if (auc.value + auc.half >= minimum && auc.value - auc.half <= maximum) return;
  reporter.report('impossibleArea', {
    at: placeOf(node, 'auc')!,
    arguments: {
      value: percent(auc.value),
      sensitivity: percent(sensitivity.value),
      specificity: percent(specificity.value),
    },
    notes: [
      `the area under a curve through that point is between ${percent(minimum)} and ${percent(maximum)}`,
    ],
  });
}

function checkOverlap(claims: Readonly<Record<string, Claim>>, node: SettingNode, reporter: Reporter): void {
  const { dsc, jaccard } = claims;
  if (!dsc || !jaccard) return;
  const [minimum, maximum] = jaccardBounds(dsc);
  if (jaccard.value + jaccard.half >= minimum && jaccard.value - jaccard.half <= maximum) return;
  reporter.report('impossibleOverlap', {
    at: placeOf(node, 'jaccard')!,
    arguments: { jaccard: percent(jaccard.value), dsc: percent(dsc.value) },
    notes: [
      `J = D / (2 − D) in each image, so the mean of J is between ${percent(minimum)}, of images that are all alike, and ${percent(maximum)}`,
    ],
  });
}

/** False for claims that a variant with other data inherits: they are of the data that it replaced. */
function isOfData(claims: SettingNode, data: SettingNode | undefined): boolean {
  const replaced = data !== undefined && firstEntry(data)?.override === true;
  return !replaced || firstEntry(claims)?.override === true;
}

/** How many positive and negative images the dataset is to hold, where it says so of two classes. */
function casesOf({ plan }: ResolvedDataset): Cases | undefined {
  const counts = plan.classes.map(({ name }) => plan.expect.classes[name]);
  if (counts.length !== 2 || counts.some((count) => count === undefined)) return undefined;
  const positive = plan.expect.classes[plan.positive];
  if (positive === undefined) return undefined;
  return { positive, negative: counts.reduce<number>((sum, count) => sum + count!, 0) - positive };
}

function percent(value: number): string {
  return `${(100 * value).toFixed(2)} %`;
}
