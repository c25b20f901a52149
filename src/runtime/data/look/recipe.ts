import type { FingerprintReport } from './fingerprint-schema.ts';

/** What is known of a manifest's images. */
export type Facts = Omit<FingerprintReport, 'suggestions'>;

/** How images reach a network's size. */
export interface Fitting {
  /** As a spec writes it. */
  readonly fit: string;
  /** Of the network's images, in pixels; both can be halved as often as {@link halvings} says. */
  readonly height: number;
  readonly width: number;
  readonly halvings: number;
  readonly reason: string;
}

/** A value of masks that is a structure. */
export interface Structure {
  /** As the manifest says; `structure_2` where it says nothing. */
  readonly name: string;
  readonly isNamed: boolean;
  readonly value: number;
}

/** A U-Net and its training for the images of a manifest, by the rules of nnU-Net's 2-D plans; Isensee et al. 2021. */
export interface Recipe {
  /** None where there are no masks, or where they hold grey levels. */
  readonly structures: readonly Structure[];
  readonly fitting: Fitting;
  /** Channels of each level from the finest on; each level halves the one before. */
  readonly levels: readonly number[];
  /** Images per step. */
  readonly batch: number;
  readonly epochs: number;
}

/** Pixels that differ more between images look like anatomy that differs. */
const spacingSpread = 1.1;
/** The longest side of a network's images: what a processor trains in a tolerable time. */
const longest = 256;
/** Halving ends before the smaller side has fewer pixels. */
const smallest = 4;
const mostHalvings = 5;
/** Channels of the finest level and of the coarsest ones: half of what nnU-Net takes, for a processor. */
const channels = { finest: 16, most: 256 };
/** Pixels of a batch: eight images of 128×128. */
const batchPixels = 8 * 128 * 128;
/** A batch holds no larger share of the images, but two images at least. */
const batchShare = 0.05;
const largestBatch = 8;
/** Steps of a training: about an hour of one core at 128×128. */
const steps = 3000;
const mostStructures = 15;
/** What a holdout of a fifth leaves. */
const trained = 0.8;

/** The recipe for what a fingerprint found. */
export function recipeFor(facts: Facts): Recipe {
  const fitting = fittingFor(facts);
  const images = Math.max(1, trained * facts.images);
  const fitted = Math.round(batchPixels / (fitting.height * fitting.width));
  const batch = Math.max(2, Math.min(largestBatch, fitted, Math.floor(batchShare * images)));
  return {
    structures: structuresIn(facts),
    fitting,
    levels: Array.from({ length: fitting.halvings + 1 }, (_, level) =>
      Math.min(channels.finest * 2 ** level, channels.most),
    ),
    batch,
    epochs: Math.max(10, Math.min(400, Math.round((steps * batch) / images))),
  };
}

/** The values of masks that can be structures. Grey levels are none, and names of them would help nobody. */
export function structuresIn({ maskValues }: Facts): readonly Structure[] {
  const found = maskValues
    .filter(({ value }) => Number.isInteger(value) && value > 0)
    .map(({ name, value }) => ({ name: name ?? `structure_${value}`, isNamed: name !== null, value }));
  return found.length > mostStructures ? [] : found;
}

/** Images of different spacings are resampled, others padded; those too large for a processor become smaller. */
export function fittingFor({ sizes, spacings, extent }: Facts): Fitting {
  const apart = Object.entries(spacings)
    .flatMap(([text, images]) => Array<number>(images).fill(Number(text.split('×')[0])))
    .sort((one, other) => one - other);
  const all = Object.keys(sizes).map((size) => size.split('×').map(Number) as [number, number]);
  const [high, wide] = most(all);
  const [near, far] = [apart[0] ?? 0, apart.at(-1) ?? 0];
  const differ = far > spacingSpread * near;
  const large = Math.max(high, wide) > longest;
  if (extent !== null && (differ || large)) {
    // A little more than it takes, so that rounding leaves no image too large.
    const needed = (1.001 * Math.max(extent.height, extent.width)) / longest;
    const spacing = Math.ceil(100 * Math.max(apart[Math.floor(apart.length / 2)]!, needed)) / 100;
    const size = halved([extent.height / spacing, extent.width / spacing]);
    return {
      ...size,
      fit: `[resample(${spacing}), center(${size.height}, ${size.width})]`,
      reason: `${differ ? `pixels are ${near} to ${far} mm apart` : `images are up to ${high}×${wide}`}; at ${spacing} mm it holds every image whole`,
    };
  }
  if (large) {
    const scaled = all.map(([h, w]) => [h, w].map((side) => (longest * side) / Math.max(h, w)));
    const size = halved(most(scaled as [number, number][]));
    return {
      ...size,
      fit: `[longest(${longest}), center(${size.height}, ${size.width})]`,
      reason: `images are up to ${high}×${wide}, and their spacing is not known`,
    };
  }
  const size = halved([high, wide]);
  const divisor = 2 ** size.halvings;
  return {
    ...size,
    fit: `pad(${size.height}, ${size.width})`,
    reason: `it holds every image whole, and ${divisor} divides it`,
  };
}

function most(sizes: readonly (readonly [number, number])[]): readonly [number, number] {
  return [Math.max(1, ...sizes.map(([height]) => height)), Math.max(1, ...sizes.map(([, width]) => width))];
}

/** How often a size is halved, and the next size that can be. */
function halved(size: readonly [number, number]): Pick<Fitting, 'height' | 'width' | 'halvings'> {
  const halvings = Math.max(1, Math.min(mostHalvings, Math.floor(Math.log2(Math.min(...size) / smallest))));
  const [height, width] = size.map((side) => Math.ceil(side / 2 ** halvings - 1e-9) * 2 ** halvings) as [
    number,
    number,
  ];
  return { height, width, halvings };
}
