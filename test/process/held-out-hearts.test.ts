import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunPlan } from '../../src/compiler/index.ts';
import type { Case, Dataset } from '../../src/runtime/data/dataset/dataset.ts';
import { writeNpz } from '../../src/runtime/data/import/convert/write-npz.ts';
import { packMask, type StoredCase } from '../../src/runtime/metrics/stored.ts';
import { judgedHearts } from '../../src/runtime/process/held-out-hearts.ts';
import { ellipsoid, heart, type Shape, structures } from '../heart/hearts.ts';
import { temporaryFolder, write } from '../images/samples.ts';

const test = suite('hearts of held-out patients');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

const shape: Shape = {
  ...{ spacing: [1.5, 1.5], thickness: 10, slices: 8, inner: ellipsoid(24, 80), wall: () => 9, size: 80 },
  ...{ right: { start: 2.1, end: 4.2 }, front: [-1, 0], value: () => 1180 },
};
const plan = {
  data: { structures: structures.map((name) => ({ name })), source: { kind: 'manifest' } },
  heads: [
    { name: 'segmentation', kind: 'mask', trained: true },
    { name: 'half', kind: 'mask', trained: true },
  ],
  evaluate: { metrics: { segmentation: ['dsc'], half: [] } },
} as unknown as RunPlan;

/** One phase of a patient: its cases, of a file of its own, and what a network that finds thinner walls said of them. */
function phase(patient: string, name: string, inner: Shape['inner']) {
  const truth = heart({ ...shape, inner });
  const predicted = heart({ ...shape, inner, wall: () => 7 });
  const path = join(root, `${patient}_${name}.npz`);
  const values = Float32Array.from(truth.slices.flatMap(({ image }) => Array.from(image)));
  write(root, `${patient}_${name}.npz`, writeNpz({ image: { shape: [8, 80, 80], values } }));
  const cases = truth.slices.map(
    ({ voxelMm3 }, slice): Case => ({
      ...{ id: `${patient}_${name}_${slice}`, patient, class: null, fold: null, spacing: [1.5, 1.5] },
      place: { phase: name, trigger: null, voxelVolume: voxelMm3, front: [-1, 0] },
      source: { kind: 'files', image: { path, array: 'image', slice }, mask: null },
    }),
  );
  const stored = cases.map(
    ({ id }, slice): StoredCase => ({
      ...{ id, patient, fold: 1, masks: {}, labels: {}, probabilities: {} },
      shapes: Object.fromEntries(
        ['segmentation', 'half'].map((head) => [
          head,
          {
            ...{ height: 80, width: 80 },
            truth: truth.slices[slice]!.regions.map(packMask),
            predicted: predicted.slices[slice]!.regions.map(packMask),
          },
        ]),
      ),
    }),
  );
  return { cases, stored };
}

test('the two files of a patient are one heart, measured by both masks; images are read again', () => {
  const [es, ed] = [phase('p1', 'ES', ellipsoid(16, 70)), phase('p1', 'ED', ellipsoid(24, 80))];
  const dataset = { plan: plan.data, cases: [...es.cases, ...ed.cases] } as Dataset;
  // Held-out images come in any order.
  const [judged, ...more] = judgedHearts(plan, dataset, 1, [...ed.stored, ...es.stored].reverse(), null);
  assert.is(more.length, 0);
  assert.equal(Object.keys(judged!.heads), ['segmentation']);
  const { truth, predicted } = judged!.heads['segmentation']!;
  assert.equal(truth.function['left_ventricle']!.phases, ['ED', 'ES']);
  assert.equal(truth.function['left_ventricle'], predicted.function['left_ventricle']);
  assert.ok(Math.abs(truth.phases['myocardium']![0]!.mean! - 1180) < 1e-3);
  const [thick, thin] = [truth, predicted].map(({ segments }) => segments![7]!.wallMm!);
  assert.ok(Math.abs(thick! - thin! - 2) < 0.4, `${thick} and ${thin}`);
  assert.is(truth.segmentsBasis!.front, 'file');
});

test('a patient whose images are in several folds is not measured, and the reason is told', () => {
  const [ed, es] = [phase('p2', 'ED', ellipsoid(24, 80)), phase('p2', 'ES', ellipsoid(16, 70))];
  const dataset = { plan: plan.data, cases: [...ed.cases, ...es.cases] } as Dataset;
  const [judged] = judgedHearts(plan, dataset, 1, ed.stored, null);
  assert.equal([judged!.heads, judged!.reason], [{}, 'images of the patient are in other folds too']);
});

test.run();
