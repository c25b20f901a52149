import type { AugmentSettings, HeadPlan, LossTerm } from '../../../compiler/index.ts';
import { fit, isFitProblem, planFit } from '../../images/fit.ts';
import type { Grid } from '../../images/grid.ts';
import { scaleChannels } from '../../images/intensity.ts';
import { groupBy } from '../../random/group.ts';
import { stream } from '../../random/random.ts';
import { encodeKnown } from '../dataset/attributes.ts';
import type { Case, Dataset } from '../dataset/dataset.ts';
import { encodeMask } from '../dataset/encode.ts';
import { CaseReader } from '../dataset/read-case.ts';
import { augments, drawMovement, move } from './augment.ts';
import type { Batch } from './data-source.ts';
import { FittedMemory } from './fitted-memory.ts';
import { type Fitted, type FittedKeep, FittedStore } from './fitted-store.ts';
import { withDistances } from './signed-distance.ts';
import { elasticDisplacement, variationStreams, varyValues } from './variations.ts';

/** Everything that decides what a batch holds; plain data. */
export interface BatchSettings {
  readonly dataset: Dataset;
  readonly heads: readonly HeadPlan[];
  /** What training minimises: some losses read more of a truth than its values. Nothing where batches do not train. */
  readonly loss?: readonly LossTerm[];
  readonly augment: AugmentSettings;
  readonly seed: number;
  /** Where drawn phantoms and fitted images are kept; null keeps fitted images in memory, as many as there is room for. */
  readonly cacheFolder: string | null;
  /** `[height, width, channels]` of the network; images that are fitted to another size are not kept on disk. */
  readonly input: readonly number[];
}

/** Which images a batch holds, by their places in the dataset. */
export interface BatchRequest {
  readonly cases: readonly number[];
  /** The epoch whose movements they make; null leaves them where they are. */
  readonly epoch: number | null;
  /** How often the epoch has shown each of them before; never where it is left out. */
  readonly showings?: readonly number[];
  /** Whether the masks on their original grid are wanted too, for measuring. */
  readonly originals: boolean;
}

export interface BatchReply {
  readonly batch: Batch;
  /** In the order of the images; empty when not asked for. Null for an image without a mask. */
  readonly originals: readonly (Grid | null)[];
}

/** The order in which an epoch shows its images. */
export function epochOrder(count: number, seed: number, fold: number, epoch: number): readonly number[] {
  return stream(seed, 'order', fold, epoch).permutation(count);
}

/**
 * An order of as many images in which every class comes equally often, give or take one: those of small classes return,
 * those of large ones take turns from epoch to epoch. Images without a class count as one class.
 */
export function balancedOrder(
  classes: readonly (string | null)[],
  seed: number,
  fold: number,
  epoch: number,
): readonly number[] {
  const groups = [...groupBy(classes.keys(), (index) => classes[index]!).values()];
  const random = stream(seed, 'balance', fold, epoch);
  const turns = random.permutation(groups.length);
  const drawn = turns.flatMap((which, turn) => {
    const members = groups[which]!;
    const wanted =
      Math.floor(classes.length / groups.length) + (turn < classes.length % groups.length ? 1 : 0);
    const rounds = Array.from({ length: Math.ceil(wanted / members.length) }, () =>
      random.permutation(members.length),
    );
    return rounds
      .flat()
      .slice(0, wanted)
      .map((place) => members[place]!);
  });
  return random.permutation(drawn.length).map((place) => drawn[place]!);
}

/** For each place in an order, how often its image came before. */
export function showingsIn(order: readonly number[]): readonly number[] {
  const shown = new Map<number, number>();
  return order.map((image) => {
    const before = shown.get(image) ?? 0;
    shown.set(image, before + 1);
    return before;
  });
}

/** Makes batches: reads, maps intensities, fits, moves, encodes. Equal requests give equal replies. */
export class BatchMaker {
  readonly #settings: BatchSettings;
  readonly #reader: CaseReader;
  readonly #keep: FittedKeep;
  /** Cases by the file that holds their images. */
  readonly #siblings: ReadonlyMap<string, readonly number[]>;

  constructor(settings: BatchSettings) {
    this.#settings = settings;
    this.#reader = new CaseReader(settings.dataset, settings.cacheFolder);
    const { dataset, cacheFolder, input } = settings;
    const { cases } = dataset;
    const store = cacheFolder === null ? null : FittedStore.open(dataset, cacheFolder, input);
    this.#keep = store ?? new FittedMemory();
    this.#siblings = groupBy(cases.keys(), (index) => fileOf(cases[index]!));
  }

  make({ cases, epoch, showings, originals }: BatchRequest): BatchReply {
    const { dataset } = this.#settings;
    const members = cases.map((index) => dataset.cases[index]!);
    const moved = cases.map((index, place) =>
      this.#move(this.#fit(index), members[place]!, epoch, showings?.[place] ?? 0),
    );
    const batch = {
      ids: members.map(({ id }) => id),
      images: join(moved.map(({ image }) => image.values)),
      targets: this.#targets(members, moved),
    };
    return {
      batch: withDistances(batch, this.#settings.loss ?? [], (head) => [
        moved[0]!.image.height,
        moved[0]!.image.width,
        this.#settings.heads.find(({ name }) => name === head)!.channels,
      ]),
      originals: originals ? members.map((one) => this.#reader.read(one).mask) : [],
    };
  }

  #fit(index: number): Fitted {
    const kept = this.#keep.read(index);
    if (kept !== null) return kept;
    // All slices of a volume at once, while there is room: unpacking it for each would take longer than all the rest.
    for (const sibling of this.#siblings.get(fileOf(this.#settings.dataset.cases[index]!)) ?? []) {
      if (sibling === index || this.#keep.full || this.#keep.has(sibling)) continue;
      this.#keep.write(sibling, this.#fitNew(sibling));
    }
    const fitted = this.#fitNew(index);
    this.#keep.write(index, fitted);
    return fitted;
  }

  #fitNew(index: number): Fitted {
    const { dataset } = this.#settings;
    const one = dataset.cases[index]!;
    const { image, mask } = this.#reader.read(one);
    const fitting = planFit(dataset.plan.fit, image, one.spacing);
    if (isFitProblem(fitting)) throw new Error(`image ${one.id} cannot be fitted`);
    const scaled = scaleChannels(image, dataset.plan.intensity);
    return {
      image: fit(fitting, scaled, 'bilinear'),
      mask: mask === null ? null : fit(fitting, mask, 'nearest'),
    };
  }

  #move(fitted: Fitted, { id }: Case, epoch: number | null, showing: number): Fitted {
    const { augment, seed } = this.#settings;
    if (epoch === null || !augments(augment)) return fitted;
    const streams = variationStreams(seed, epoch, id, showing);
    const movement = drawMovement(augment, seed, epoch, id, fitted.image, showing);
    const bend = elasticDisplacement(augment, streams, fitted.image);
    const moved = move(fitted.image, fitted.mask, movement, bend);
    return { ...moved, image: varyValues(moved.image, augment, streams) };
  }

  /** An image with its mask as an epoch first shows it; as it is where the epoch is null. */
  shown(index: number, epoch: number | null): Fitted {
    return this.#move(this.#fit(index), this.#settings.dataset.cases[index]!, epoch, 0);
  }

  /** The truth of every head that all images of the batch can answer. */
  #targets(members: readonly Case[], moved: readonly Fitted[]): Readonly<Record<string, Float32Array>> {
    const { heads, dataset } = this.#settings;
    const { plan } = dataset;
    const targets: Record<string, Float32Array> = {};
    for (const head of heads) {
      const truths = members.map((one, place) => {
        const { mask } = moved[place]!;
        if (head.kind !== 'mask') return encodeKnown(head, one, plan);
        return mask === null ? null : encodeMask(mask, head.encoding, plan.structures);
      });
      if (truths.every((truth) => truth !== null)) targets[head.name] = join(truths);
    }
    return targets;
  }
}

/** The file of a case's image; a drawn image is by itself. */
function fileOf({ id, source }: Case): string {
  return source.kind === 'files' ? source.image.path : id;
}

function join(parts: readonly Float32Array[]): Float32Array {
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
