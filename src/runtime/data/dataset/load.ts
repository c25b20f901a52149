import { readFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import type { Bag, DataPlan, RunPlan, Span } from '../../../compiler/index.ts';
import type { FileReference, ImageReference } from '../../images/files.ts';
import type { Grid } from '../../images/grid.ts';
import { nowhere } from '../../storage/problems.ts';
import { systemReason } from '../../storage/system-reason.ts';
import { channelsOf, type ManifestRow, parseManifest } from '../manifest/manifest.ts';
import type { ManifestEntry } from '../manifest/manifest-schema.ts';
import { phantomCases } from '../phantom/cases.ts';
import type { PhantomSource } from '../phantom/cohort.ts';
import { attributeValues } from './attributes.ts';
import { type CheckedRow, checkImages, type ImageFacts, type Progress } from './check-images.ts';
import { checkRows } from './check-rows.ts';
import { checkSize } from './check-size.ts';
import { type Case, classOf, type Dataset, needsOf, type SlicePlace } from './dataset.ts';
import type { ContentDigests } from './digests.ts';
import { foldsOf } from './folds.ts';
import { withinLimit } from './limit.ts';

/** A dataset, and what is known of it. */
export interface Loaded {
  readonly dataset: Dataset;
  /** Null when the images were not opened. */
  readonly facts: ImageFacts | null;
}

/**
 * Finds a run's images. A manifest is checked as a whole, and everything wrong with it is reported in one go;
 * `complete` also opens every file and looks at every pixel, of which `digests` then knows. Null when there are errors.
 */
export function loadDataset(
  plan: RunPlan,
  bag: Bag,
  {
    complete,
    digests,
    progress,
  }: { readonly complete: boolean; readonly digests?: ContentDigests; readonly progress?: Progress },
): Loaded | null {
  const { source } = plan.data;
  if (source.kind === 'phantom') return loadPhantom(source, plan, bag);

  const text = readManifest(source.path, plan.data.name, bag);
  if (text === null) return null;
  const manifest = parseManifest(text, source.path, bag);
  if (manifest === null) return null;

  const needs = needsOf(plan);
  checkRows(manifest, plan, needs, bag);
  const folder = dirname(source.path);
  const all = manifest.rows.map((row): CheckedRow => ({ row, case: caseOf(row, folder, plan.data) }));
  const taken = new Set(
    withinLimit(
      all.map((row) => row.case),
      plan.data.limit,
    ),
  );
  const rows = all.filter((row) => taken.has(row.case));
  const facts = complete ? checkImages(rows, plan.data, needs, bag, digests, progress) : null;
  const dataset = { plan: plan.data, cases: rows.map(({ case: one }) => one) };
  if (needs.training && !bag.hasErrors) checkSides(plan, dataset, nowhere(source.path), bag);
  return bag.hasErrors ? null : { dataset, facts };
}

/** A phantom has no files to check: only its classes and its size can be at odds with the run. */
function loadPhantom(source: PhantomSource, plan: RunPlan, bag: Bag): Loaded | null {
  const needs = needsOf(plan);
  const at = { file: plan.source, start: 0, end: 0 };
  const cases = withinLimit(phantomCases(source, plan.data), plan.data.limit);
  const stranger = cases.find((one) => one.class === null);
  if (needs.labels && stranger?.source.kind === 'phantom') {
    const { diagnosis } = stranger.source.image;
    bag.report('unknownLabel', { at, arguments: { id: stranger.id, label: diagnosis } });
  }
  for (const { name, column } of needs.attributes) {
    const without = cases.find(({ attributes = {} }) => attributes[name] === undefined);
    if (without === undefined) continue;
    bag.report('missingTruth', {
      at,
      arguments: { id: without.id, role: `attribute \`${name}\`` },
      notes: [`its \`${column}\` belongs to no class`],
    });
  }
  checkSize(
    phantomSize(source),
    cases[0]?.spacing ?? null,
    { id: cases[0]?.id ?? plan.data.name, at, notes: [] },
    plan.data,
    needs,
    bag,
  );
  const dataset = { plan: plan.data, cases };
  if (!bag.hasErrors) checkSides(plan, dataset, at, bag);
  return bag.hasErrors ? null : { dataset, facts: null };
}

/** Every fold needs images on both of its sides; where none are to be held out, on one. */
function checkSides(plan: RunPlan, dataset: Dataset, at: Span, bag: Bag): void {
  const folds = foldsOf(plan, dataset);
  for (let fold = 1; fold <= plan.evaluate.folds.count; fold += 1) {
    const heldOut = folds.filter((one) => one === fold).length;
    const wanted = plan.evaluate.folds.fraction > 0;
    if (heldOut > 0 === wanted && heldOut < folds.length) continue;
    const purpose = heldOut === 0 ? 'hold out' : 'train on';
    bag.report('emptyFold', {
      at,
      arguments: { fold, purpose },
      notes: [`all ${folds.length} images are on the other side`],
    });
  }
}

function phantomSize({ size }: PhantomSource): Omit<Grid, 'values'> {
  return { height: size[0], width: size[1], channels: 1 };
}

/** The files that a row names, as this program opens them. */
export function caseOf({ entry }: ManifestRow, folder: string, plan: DataPlan): CheckedRow['case'] {
  const reference = (file: string, array: string): FileReference => ({
    path: isAbsolute(file) ? file : join(folder, file),
    array,
    slice: entry.slice ?? null,
  });
  const [image, ...more] = channelsOf(entry).map(([file, array]) => reference(file, array)) as [
    FileReference,
    ...FileReference[],
  ];
  const { neighbours = 0 } = plan;
  const maskFile = entry.mask ?? (entry.mask_array === undefined ? null : [entry.image].flat()[0]!);
  return {
    id: entry.id,
    patient: entry.patient,
    class: entry.label === undefined ? null : classOf(plan, entry.label),
    ...(plan.attributes && { attributes: attributeValues(plan, entry.attributes ?? {}) }),
    fold: entry.fold ?? null,
    spacing: entry.spacing ?? null,
    place: placeOf(entry),
    source: {
      kind: 'files',
      image: {
        ...image,
        ...(more.length > 0 && { more }),
        ...(neighbours > 0 && { neighbours, ...(entry.slices !== undefined && { slices: entry.slices }) }),
      } satisfies ImageReference,
      mask: maskFile === null ? null : reference(maskFile, entry.mask_array ?? 'mask'),
    },
  } satisfies Case;
}

/** Manifests that named no phases have them in the names of images that an import wrote. */
const importedName = /_t(\d+)_s\d+$/;

function placeOf({ id, spacing, thickness, voxel_volume, phase, trigger, front }: ManifestEntry): SlicePlace {
  const known = spacing === undefined || thickness === undefined ? null : spacing[0] * spacing[1] * thickness;
  const numbered = importedName.exec(id)?.[1];
  return {
    phase: phase ?? (numbered === undefined ? null : String(Number(numbered))),
    trigger: trigger ?? null,
    voxelVolume: known ?? voxel_volume ?? null,
    front: front ?? null,
  };
}

function readManifest(path: string, dataset: string, bag: Bag): string | null {
  const at = nowhere(path);
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = systemReason(error);
    if (reason === null) throw error;
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      bag.report('manifestMissing', {
        at,
        arguments: { dataset, path },
        help: [{ message: 'write one with `cmrc data import`, or by hand: a row per image' }],
      });
    } else {
      bag.report('unreadableFile', { at, arguments: { path, reason } });
    }
    return null;
  }
}
