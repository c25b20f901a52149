import { join } from 'node:path';
import {
  type Bag,
  fileChannels,
  formatStep,
  outcomes,
  type RunPlan,
  valueAttribute,
} from '../../compiler/index.ts';
import { readImage, reasonOf } from '../data/import/convert/convert.ts';
import { reportFile } from '../data/import/layouts/found.ts';
import type { Trainer } from '../engines/trainer.ts';
import { heartMeasures } from '../heart/heart.ts';
import { joinMoments, type TimedSlice } from '../heart/moments.ts';
import { heartRole } from '../heart/structures.ts';
import { massOf } from '../heart/volumes.ts';
import { type FitProblem, isFitProblem, planFit } from '../images/fit.ts';
import { Findings } from '../images/formats/findings.ts';
import { ReaderThread } from '../images/formats/reader-thread.ts';
import { firstChannel, imageCount, imageOf, type Volume } from '../images/formats/volume.ts';
import type { Grid } from '../images/grid.ts';
import { groupBy } from '../random/group.ts';
import type { Run } from '../runs/record/store.ts';
import { writeAtomically } from '../storage/atomic.ts';
import { systemProblem } from '../storage/problems.ts';
import { askMembers, type Member, openMembers } from './ensemble.ts';
import { timedSlices } from './input-heart.ts';
import { findInputs, type Input } from './inputs.ts';
import { maskOf, maskValues } from './masks.ts';
import { measureSlice, type SliceMeasures } from './measure-slice.ts';
import { pageNames, writePages } from './pages.ts';
import { readRows } from './read-rows.ts';
import {
  heartTables,
  type Labels,
  type PredictedHeart,
  type PredictedImage,
  type PredictedInput,
  type PredictedValue,
  type PredictionReport,
  predictionsTable,
  type Values,
  type WholeMeasures,
} from './report.ts';
import type { SegmentationForm } from './segmentation/forms.ts';
import { writeOutputs } from './write-outputs.ts';

export interface PredictOptions {
  readonly backend: string | null;
  /** The array with the image in files that have several. */
  readonly array: string;
  /** Only this fold of each run; null asks the networks of all folds that were trained, and averages. */
  readonly fold: number | null;
  /** Runs whose networks, of whatever architecture, are averaged as well. */
  readonly others?: readonly Run[];
  /** The form of DICOM segmentations. */
  readonly segmentation: SegmentationForm;
  /** Whether a page of each patient is drawn. */
  readonly pages: boolean;
  readonly progress: (done: number, total: number) => void;
}

/**
 * Predicts files and DICOM series with a run's weights, the last or the best as its plan says, and writes masks, pictures and tables. An input that fails is
 * reported and the others go on. Null, with diagnostics, when nothing could be predicted at all.
 */
export async function predict(
  run: Run,
  paths: readonly string[],
  out: string,
  bag: Bag,
  options: PredictOptions,
): Promise<PredictionReport | null> {
  const reader = new ReaderThread();
  const trainers: Trainer[] = [];
  try {
    const members = await openMembers([run, ...(options.others ?? [])], options, trainers, bag);
    if (members === null) return null;
    const [{ plan, folds }, ...others] = members as [Member, ...Member[]];
    const { data } = plan;
    const found = await findInputs(paths, options.array, fileChannels(data), reader, bag, data);
    const inputs = togetherByPatient(found);
    const names = pageNames(inputs.map(heartName));
    const done: PredictedInput[] = [];
    const patients: PredictedHeart[] = [];
    let gathered: Gathered | null = null;
    const close = () => {
      if (gathered !== null) patients.push(heartOf(run, plan, gathered, options.pages ? out : null, names));
      gathered = null;
    };
    const failed: { input: string; reason: string }[] = [];
    const findings = new Findings();
    for (const [index, input] of inputs.entries()) {
      options.progress(index, inputs.length);
      const found = await predictInput(members, input, {
        out,
        reader,
        bag,
        findings,
        form: options.segmentation,
      });
      if ('reason' in found) {
        reportFile(bag, input.path, found.reason);
        failed.push({ input: input.path, reason: found.reason });
        continue;
      }
      done.push(found.predicted);
      if (gathered?.patient !== heartName(input)) close();
      gathered ??= { patient: heartName(input), inputs: [], slices: {} };
      gathered.inputs.push(input.name);
      for (const [head, slices] of Object.entries(found.slices))
        gathered.slices[head] = [...(gathered.slices[head] ?? []), ...slices];
    }
    close();
    findings.report(bag);
    if (done.length === 0) {
      bag.report('nothingPredicted', {
        at: { file: out, start: 0, end: 0 },
        arguments: { count: inputs.length },
      });
      return null;
    }
    const report: PredictionReport = {
      ...{ version: 1, run: run.folder, folds, out, inputs: done, patients, failed },
      leftOut: leftOut(bag, failed),
      ...(others.length > 0 && { others: others.map((other) => ({ run: other.run, folds: other.folds })) }),
    };
    writeAtomically(join(out, 'predictions.json'), `${JSON.stringify(report, null, 1)}\n`);
    writeAtomically(join(out, 'predictions.csv'), predictionsTable(report));
    for (const [name, text] of Object.entries(heartTables(report)))
      writeAtomically(join(out, `${name}.csv`), text);
    return report;
  } catch (error) {
    bag.add(systemProblem(error, out));
    return null;
  } finally {
    for (const trainer of trainers) await trainer.dispose();
    await reader.end();
  }
}

/** The files that warnings say are no part of any input. */
function leftOut(bag: Bag, failed: PredictionReport['failed']): PredictionReport['leftOut'] {
  const inputs = new Set(failed.map(({ input }) => input));
  return bag.sorted().flatMap(({ name, primary, message }) => {
    const left = name === 'import-file' || name === 'series-copy';
    return left && !inputs.has(primary.span.file) ? [{ file: primary.span.file, reason: message }] : [];
  });
}

function problemText({ reason, size, step }: FitProblem): string {
  return reason === 'without spacing'
    ? `it does not say how far its pixels are apart, which the step \`${formatStep(step)}\` needs`
    : `it is ${size.height}×${size.width} where the step \`${formatStep(step)}\` needs it no ${reason}`;
}

/** What predicting an input needs beside it. */
interface Surroundings {
  readonly out: string;
  readonly reader: ReaderThread;
  readonly bag: Bag;
  readonly findings: Findings;
  readonly form: SegmentationForm;
}

async function predictInput(
  members: readonly Member[],
  input: Input,
  { out, reader, findings, form }: Surroundings,
): Promise<Predicted | { readonly reason: string }> {
  const { plan } = members[0]!;
  const volume =
    input.image.kind === 'rows' ? readRows(input.image.rows) : await readImage(input.image, reader);
  if ('problem' in volume) return { reason: reasonOf(volume) };
  if ('reason' in volume) return volume;
  findings.add(input.path, volume.findings);
  const channels = fileChannels(plan.data);
  if (volume.channels !== channels) {
    const few =
      input.image.kind === 'series'
        ? `; of one patient a folder has to hold ${channels} series for them`
        : '; files of channels are named NAME_0000, NAME_0001 and so on';
    const own = `${volume.channels} ${volume.channels === 1 ? 'channel' : 'channels'}`;
    const help = volume.channels < channels ? few : '';
    return { reason: `it has ${own}, where the network takes ${channels}${help}` };
  }
  if (volume.values.some((value) => !Number.isFinite(value)))
    return { reason: 'it holds values that are no numbers' };
  const size = { height: volume.rows, width: volume.columns };
  for (const { plan: own } of members) {
    const fitting = planFit(own.data.fit, size, volume.spacing && [volume.spacing[0], volume.spacing[1]]);
    if (isFitProblem(fitting)) return { reason: problemText(fitting) };
  }
  const masks = plan.heads.filter(({ kind }) => kind === 'mask');
  // Values are measured, and pictures drawn, of the first channel.
  const seen = firstChannel(volume);
  const count = imageCount(volume);
  const each = volume.rows * volume.columns;
  const written = new Map(masks.map(({ name }) => [name, new Uint8Array(count * each)]));
  const images: PredictedImage[] = [];
  for (let start = 0; start < count; start += plan.train.batch) {
    const places = Array.from({ length: Math.min(plan.train.batch, count - start) }, (_, at) => start + at);
    for (const [place, { maps, vectors }] of (await askMembers(members, volume, places)).entries()) {
      const index = places[place]!;
      const image = imageOf(seen, index);
      for (const head of masks) {
        written.get(head.name)!.set(maskOf(maps[head.name]!, head, plan.data, plan.evaluate), index * each);
      }
      const structures = Object.fromEntries(
        masks.map((head) => {
          const mask = written.get(head.name)!.subarray(index * each, (index + 1) * each);
          return [head.name, measureAll(plan, mask, image, volume)];
        }),
      );
      images.push({
        slice: index % volume.slices,
        time: Math.floor(index / volume.slices),
        triggerMs: volume.times?.[Math.floor(index / volume.slices)] ?? null,
        ...numbersOf(plan, vectors),
        structures,
      });
    }
  }
  const slices = timedSlices(plan, input, seen, written);
  const predicted: PredictedInput = {
    input: input.image.kind === 'rows' ? `${input.path}: ${input.name}` : input.path,
    sources: sourceFiles(input, volume),
    files: await writeOutputs(plan, seen, written, input.name, out, reader, form),
    shape: [count, volume.rows, volume.columns],
    spacingMm: volume.spacing,
    labels: meanLabels(images),
    values: meanValues(images),
    structures: wholes(images, volume),
    heart: measured(plan, slices),
    images,
  };
  return { predicted, slices };
}

/** An input with the slices of its heart, by mask head. */
interface Predicted {
  readonly predicted: PredictedInput;
  readonly slices: Readonly<Record<string, readonly TimedSlice[]>>;
}

/** Inputs of one heart, whose slices are kept until the last of them. */
interface Gathered {
  readonly patient: string;
  readonly inputs: string[];
  readonly slices: Record<string, readonly TimedSlice[]>;
}

/** Inputs whose patient is not known are hearts of their own. */
function heartName({ patient, name }: Input): string {
  return patient ?? name;
}

/** Inputs of a patient one after the other, at the place of the first. */
function togetherByPatient(inputs: readonly Input[]): readonly Input[] {
  return [...groupBy(inputs, heartName).values()].flat();
}

/** Measures a heart, and draws its pages into a folder unless that is null. */
function heartOf(
  run: Run,
  plan: RunPlan,
  { patient, inputs, slices }: Gathered,
  out: string | null,
  names: ReadonlyMap<string, string>,
): PredictedHeart {
  const heart = measured(plan, slices);
  const files =
    out === null ? {} : writePages(run, plan, { patient, inputs, heart, slices }, out, names.get(patient)!);
  return { patient, inputs, files, heart };
}

function measured(plan: RunPlan, slices: Gathered['slices']): PredictedHeart['heart'] {
  const structures = plan.data.structures.map(({ name }) => name);
  return Object.fromEntries(
    Object.entries(slices).map(([head, own]) => [head, heartMeasures(structures, joinMoments(own))]),
  );
}

/** The files that a volume was read from. */
function sourceFiles({ path, image }: Input, { source }: Volume): readonly string[] {
  if (image.kind === 'rows') {
    const files = image.rows.flatMap((row) => (row.source.kind === 'files' ? [row.source.image.path] : []));
    return [...new Set(files)];
  }
  if (image.kind === 'channels') return image.files.map((file) => file.path);
  if (image.kind === 'series' && image.further !== undefined)
    return [...new Set([image.frames, ...image.further].flat().map(({ origin }) => origin.path))];
  return source.kind === 'dicom' ? [...new Set(source.files.map((file) => file.path))] : [path];
}

/** The probabilities of classes, and the numbers in their units. */
function numbersOf(
  { heads, data }: RunPlan,
  vectors: Readonly<Record<string, readonly number[]>>,
): { readonly labels: Labels; readonly values: Values } {
  const labels: Record<string, Record<string, number>> = {};
  const values: Record<string, PredictedValue> = {};
  for (const head of heads) {
    const own = vectors[head.name];
    if (own === undefined) continue;
    if (head.kind === 'value') {
      const { unit, scale } = valueAttribute(head, data);
      values[head.name] = { value: own[0]! * scale, unit };
      continue;
    }
    const { names } = outcomes(head, data);
    const shares = head.encoding === 'binary' ? [own[0]!, 1 - own[0]!] : own;
    labels[head.name] = Object.fromEntries(names.map((name, index) => [name, shares[index]!]));
  }
  return { labels, values };
}

function measureAll(
  plan: RunPlan,
  mask: Uint8Array,
  image: Grid,
  { spacing }: Volume,
): Record<string, SliceMeasures> {
  const values = maskValues(plan.data);
  const inPlane = spacing === null ? null : ([spacing[0], spacing[1]] as const);
  const { structures } = plan.data;
  const left = structures.findIndex(({ name }) => heartRole(name) === 'left cavity');
  return Object.fromEntries(
    structures.map(({ name }, index) => {
      const cavity = heartRole(name) === 'muscle' ? (values[left] ?? null) : null;
      return [name, measureSlice(mask, values[index]!, image.values, image, inPlane, cavity)];
    }),
  );
}

function meanLabels(images: readonly PredictedImage[]): Labels {
  const heads = Object.keys(images[0]?.labels ?? {});
  return Object.fromEntries(
    heads.map((head) => [
      head,
      Object.fromEntries(
        Object.keys(images[0]!.labels[head]!).map((name) => [
          name,
          images.reduce((sum, { labels }) => sum + labels[head]![name]!, 0) / images.length,
        ]),
      ),
    ]),
  );
}

/** The mean of every value over the images of an input. */
function meanValues(images: readonly PredictedImage[]): Values {
  return Object.fromEntries(
    Object.entries(images[0]?.values ?? {}).map(([head, { unit }]) => [
      head,
      {
        value: images.reduce((sum, { values }) => sum + values[head]!.value, 0) / images.length,
        unit,
      },
    ]),
  );
}

/** Volumes are those of one moment; that of a series of points in time is the first. */
function wholes(images: readonly PredictedImage[], { spacing }: Volume): PredictedInput['structures'] {
  const first = images.filter(({ time }) => time === 0);
  const voxel = spacing === null || spacing[2] === 0 ? null : (spacing[0] * spacing[1] * spacing[2]) / 1000;
  return Object.fromEntries(
    Object.entries(first[0]?.structures ?? {}).map(([head, structures]) => [
      head,
      Object.fromEntries(
        Object.keys(structures).map((name): [string, WholeMeasures] => {
          const own = first.map((image) => image.structures[head]![name]!);
          const pixels = own.reduce((sum, one) => sum + one.pixels, 0);
          const total = own.reduce((sum, one) => sum + (one.mean ?? 0) * one.pixels, 0);
          const volumeMl = voxel === null ? null : pixels * voxel;
          return [
            name,
            {
              pixels,
              volumeMl,
              massG: volumeMl === null ? null : massOf(name, volumeMl),
              mean: pixels === 0 ? null : total / pixels,
            },
          ];
        }),
      ),
    ]),
  );
}
