import type { RunPlan } from '../../compiler/index.ts';
import type { Case, Dataset } from '../data/dataset/dataset.ts';
import { CaseReader } from '../data/dataset/read-case.ts';
import type { JudgedHeart } from '../heart/agreement.ts';
import { heartMeasures } from '../heart/heart.ts';
import { imageUnit } from '../heart/image-unit.ts';
import { measuredHeads } from '../heart/measured-heads.ts';
import { joinMoments } from '../heart/moments.ts';
import type { HeartPage } from '../heart/page/page.ts';
import type { HeartSlice } from '../heart/slice.ts';
import { type StoredCase, unpackMask } from '../metrics/stored.ts';
import { groupBy } from '../random/group.ts';

/** A held-out heart with its slices. */
export type HeldOutHeart = Omit<HeartPage, 'about' | 'provenance'> & {
  readonly head: string;
  readonly fold: number;
};

/**
 * Measures the hearts of a fold's held-out patients, by the masks of the data and by those of the network. Images are read
 * again patient by patient, since the network saw them scaled.
 * @param cacheFolder where drawn phantoms are kept; null keeps none
 * @param show is shown each heart with its slices while they are in memory
 */
export function judgedHearts(
  plan: RunPlan,
  dataset: Dataset,
  fold: number,
  stored: readonly StoredCase[],
  cacheFolder: string | null,
  show: ((page: HeldOutHeart) => void) | null = null,
): readonly JudgedHeart[] {
  const heads = measuredHeads(plan);
  if (heads.length === 0) return [];
  const unit = imageUnit(plan.data);
  const reader = new CaseReader(dataset, cacheFolder);
  const cases = new Map(dataset.cases.map((one, order) => [one.id, { one, order }]));
  const everywhere = groupBy(dataset.cases, ({ patient }) => patient);
  return [...groupBy(stored, ({ patient }) => patient)].map(([patient, own]): JudgedHeart => {
    if (own.length < everywhere.get(patient)!.length)
      return { patient, fold, heads: {}, reason: 'images of the patient are in other folds too' };
    const ordered = own
      .map((image) => ({ image, ...cases.get(image.id)! }))
      .sort((left, right) => left.order - right.order);
    const images = ordered.map(({ one }) => reader.read(alone(one)).image);
    const measured = heads.flatMap(({ name }) => {
      if (ordered.some(({ image }) => image.shapes[name] === undefined)) return [];
      const by = (side: 'truth' | 'predicted') => {
        const slices = ordered.map(({ image, one }, index) =>
          joined(one, sliceOf(one, image, name, side, firstChannel(images[index]!))),
        );
        const count = slices[0]!.slice.regions.length;
        const structures = plan.data.structures.slice(0, count).map((structure) => structure.name);
        const moments = joinMoments(slices);
        return { structures, moments, measures: heartMeasures(structures, moments) };
      };
      const [truth, predicted] = [by('truth'), by('predicted')];
      show?.({ patient, fold, head: name, structures: truth.structures, truth, predicted, imageUnit: unit });
      return [[name, { truth: truth.measures, predicted: predicted.measures }] as const];
    });
    return { patient, fold, heads: Object.fromEntries(measured), reason: null };
  });
}

/** The case without the slices beside it, which a network may take as channels. */
function alone(one: Case): Case {
  const { source } = one;
  return source.kind === 'files'
    ? { ...one, source: { ...source, image: { ...source.image, neighbours: 0 } } }
    : one;
}

/** The slice with what tells its moment: its phase, or else its volume. */
function joined({ place, source }: Case, slice: HeartSlice): Parameters<typeof joinMoments>[0][number] {
  const file = source.kind === 'files' && source.image.slice !== null ? source.image.path : '';
  return { phase: place?.phase ?? null, volume: `${file}@${place?.trigger ?? ''}`, slice };
}

function sliceOf(
  { spacing, place }: Case,
  { shapes }: StoredCase,
  head: string,
  side: 'truth' | 'predicted',
  image: ArrayLike<number>,
): HeartSlice {
  const { height, width, ...packed } = shapes[head]!;
  return {
    rows: height,
    columns: width,
    regions: packed[side].map((text) => unpackMask(text, height * width)),
    image,
    spacing,
    voxelMm3: place?.voxelVolume ?? null,
    front: place?.front ?? null,
  };
}

function firstChannel({ values, channels }: { values: Float32Array; channels: number }): ArrayLike<number> {
  return channels === 1 ? values : values.filter((_, index) => index % channels === 0);
}
