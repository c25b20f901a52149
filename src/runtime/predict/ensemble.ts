import { type Bag, fileChannels, type RunPlan } from '../../compiler/index.ts';
import { answersOf } from '../engines/answers.ts';
import type { Trainer } from '../engines/trainer.ts';
import { fit, planFit, unfit } from '../images/fit.ts';
import { imageWithNeighbours, type Volume } from '../images/formats/volume.ts';
import type { Grid } from '../images/grid.ts';
import { scaleChannels } from '../images/intensity.ts';
import { openNetwork } from '../process/prepare.ts';
import type { Run } from '../runs/record/store.ts';
import { checkpointEpochs } from '../runs/results/checkpoint.ts';
import { readJudgedCheckpoint } from '../runs/results/judged.ts';
import { nowhere } from '../storage/problems.ts';

/** The networks of a run, one for each fold that is asked. Runs of an ensemble may differ in all but what their heads say. */
export interface Member {
  readonly run: string;
  readonly folds: readonly number[];
  readonly plan: RunPlan;
  readonly trainers: readonly Trainer[];
}

/** What an ensemble says of an image: the mean over all networks, each of which saw the image fitted in its own way. */
export interface Said {
  /** Probabilities of mask heads on the image's own grid. */
  readonly maps: Readonly<Record<string, Grid>>;
  /** Values of the other heads. */
  readonly vectors: Readonly<Record<string, readonly number[]>>;
}

/**
 * Opens the networks of runs. Null, reported, where a run's weights are gone, or where its heads say something else than those of
 * the first. Trainers are added to those given, which the caller disposes whatever happens.
 * @param fold only this fold; null takes all that were trained
 */
export async function openMembers(
  runs: readonly Run[],
  options: { readonly backend: string | null; readonly fold: number | null },
  trainers: Trainer[],
  bag: Bag,
): Promise<readonly Member[] | null> {
  const members: Member[] = [];
  for (const run of runs) {
    const trained = run.record.folds.filter((fold) =>
      options.fold === null ? checkpointEpochs(run.folder, fold).length > 0 : fold === options.fold,
    );
    const folds = trained.length > 0 ? trained : [options.fold ?? 1];
    const difference = members[0] === undefined ? null : differenceOf(members[0].plan, run.record.plan);
    if (difference !== null) {
      bag.report('ensembleUnfit', {
        at: nowhere(run.folder),
        arguments: { first: runs[0]!.folder, second: run.folder, difference },
      });
      return null;
    }
    const network = await openNetwork(run, bag, options.backend);
    if (network === null) return null;
    const own = [network.trainer];
    trainers.push(network.trainer);
    for (const [index, fold] of folds.entries()) {
      const checkpoint = readJudgedCheckpoint(run.folder, fold, network.plan.train, bag);
      if (checkpoint === null) return null;
      if (index > 0) {
        own.push(await network.another());
        trainers.push(own.at(-1)!);
      }
      await own[index]!.restore(checkpoint);
    }
    members.push({ run: run.folder, folds: trained, plan: network.plan, trainers: own });
  }
  return members;
}

/** In what the answers of two plans differ so that no mean can be taken; null in nothing. */
function differenceOf(one: RunPlan, other: RunPlan): string | null {
  const said = ({ heads, data }: RunPlan) => ({
    heads: heads.map(({ name, kind, channels, encoding }) => [name, kind, channels, encoding]),
    structures: data.structures,
    classes: [data.classes.map(({ name }) => name), data.positive],
    attributes: heads.map(({ attribute }) => data.attributes?.find(({ name }) => name === attribute)),
    channels: fileChannels(data),
  });
  const [first, second] = [said(one), said(other)];
  const words: Readonly<Record<keyof typeof first, string>> = {
    heads: 'their heads',
    structures: 'the structures of their data',
    classes: 'the classes of their data',
    attributes: 'the attributes that they predict',
    channels: 'the channels of their images',
  };
  const keys = Object.keys(words) as (keyof typeof first)[];
  const differing = keys.find((key) => JSON.stringify(first[key]) !== JSON.stringify(second[key]));
  return differing === undefined ? null : words[differing];
}

/** What all members say of some images of a volume, by place. Every member can fit the volume. */
export async function askMembers(
  members: readonly Member[],
  volume: Volume,
  places: readonly number[],
): Promise<readonly Said[]> {
  const networks = members.reduce((sum, { trainers }) => sum + trainers.length, 0);
  const maps = places.map((): Record<string, Grid> => ({}));
  const vectors = places.map((): Record<string, readonly number[]> => ({}));
  for (const { plan, trainers } of members) {
    const spacing = volume.spacing && ([volume.spacing[0], volume.spacing[1]] as const);
    const fitting = planFit(plan.data.fit, { height: volume.rows, width: volume.columns }, spacing);
    if ('reason' in fitting) throw new Error('a volume cannot be fitted that could before');
    const grids = places.map((place) => {
      const image = imageWithNeighbours(volume, place, plan.data.neighbours ?? 0);
      return fit(fitting, scaleChannels(image, plan.data.intensity), 'bilinear');
    });
    const [first] = grids as [Grid];
    const images = new Float32Array(grids.length * first.values.length);
    for (const [place, grid] of grids.entries()) images.set(grid.values, place * first.values.length);
    for (const trainer of trainers) {
      const { heads } = await trainer.predict({ images });
      const answers = await answersOf(plan, trainer, { images }, heads);
      for (const [place, grid] of grids.entries()) {
        for (const { name, kind, channels } of plan.heads) {
          const size = answers[name]!.length / grids.length;
          const own = answers[name]!.slice(place * size, (place + 1) * size);
          if (kind !== 'mask') {
            vectors[place]![name] = sumOf(vectors[place]![name], own, networks);
            continue;
          }
          const back = unfit(fitting, { ...grid, channels, values: own }, 'bilinear');
          const sum = sumOf(maps[place]![name]?.values, back.values, networks);
          maps[place]![name] = { ...back, values: Float32Array.from(sum) };
        }
      }
    }
  }
  return places.map((_, place) => ({ maps: maps[place]!, vectors: vectors[place]! }));
}

/** What is there and a network's part of what it says. */
function sumOf(
  before: ArrayLike<number> | undefined,
  values: ArrayLike<number>,
  networks: number,
): readonly number[] {
  return Array.from(values, (value, index) => (before?.[index] ?? 0) + value / networks);
}
