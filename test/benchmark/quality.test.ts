import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { qualityTable } from '../../benchmark/quality/report.ts';
import type { Result } from '../../benchmark/quality/results.ts';
import { scoreVolumes } from '../../benchmark/quality/score.ts';

const test = suite('time to quality');

const structures = ['ventricle', 'muscle'];
const image = (patient: string, phase: number) => ({ id: `${patient} ${phase}`, patient, phase });

test('Dice is of all slices of a volume together, and 1 where a structure is in neither mask', () => {
  const split = { structures, heldOut: [image('a', 1), image('a', 1), image('a', 2)] };
  const masks = (...labels: number[]) => ({ height: 1, width: 4, labels: Uint8Array.from(labels) });
  const truth = masks(1, 1, 0, 0, 1, 1, 0, 0, 0, 2, 2, 0);
  const predicted = masks(1, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0);
  assert.equal(scoreVolumes(split, truth, predicted, false), [
    { patient: 'a', phase: 1, dice: [4 / 6, 1] },
    { patient: 'a', phase: 2, dice: [1, 2 / 3] },
  ]);
});

test('only the largest component of each structure counts where the experiment says so', () => {
  const split = { structures: ['ventricle'], heldOut: [image('a', 1)] };
  const truth = { height: 1, width: 6, labels: Uint8Array.of(1, 1, 0, 0, 0, 0) };
  const predicted = { ...truth, labels: Uint8Array.of(1, 1, 0, 0, 0, 1) };
  assert.is(scoreVolumes(split, truth, predicted, true)[0]!.dice[0], 1);
  assert.is(scoreVolumes(split, truth, predicted, false)[0]!.dice[0], 4 / 5);
});

test('the table has a row for each player and time, over seeds and by phase', () => {
  const result = (seed: number, first: number): Result => ({
    ...{ player: 'Strong', version: 'onnx', seed, minutes: 4, threads: 1, structures },
    marks: [
      {
        minutes: 1,
        steps: 100 + seed,
        volumes: [
          { patient: 'a', phase: 1, dice: [first, 0.5] },
          { patient: 'a', phase: 2, dice: [0.5, 0.5] },
        ],
      },
    ],
  });
  const [, , row] = qualityTable([result(1, 0.7), result(3, 0.9)]).split('\n');
  const cells = [
    ...['Strong', '1', '2', '102', '0.650 (0.600 – 0.700)', '0.800 (0.700 – 0.900)'],
    ...['0.500 (0.500 – 0.500)', '0.500 (0.500 – 0.500)', '0.500 (0.500 – 0.500)', '0.500 (0.500 – 0.500)'],
  ];
  assert.is(row, `| ${cells.join(' | ')} |`);
});

test.run();
