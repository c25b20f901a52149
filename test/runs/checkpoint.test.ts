import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/index.ts';
import {
  type Checkpoint,
  checkpointEpochs,
  readLastCheckpoint,
  writeCheckpoint,
} from '../../src/runtime/runs/results/checkpoint.ts';
import { decodeTensors, encodeTensors, type Tensors } from '../../src/runtime/storage/safetensors.ts';
import { inFolder } from '../support/folder.ts';

const format = suite('safetensors');

const tensors: Tensors = new Map([
  ['stem/kernel', { shape: [2, 3], values: Float32Array.of(1, -2, 3.5, 0, NaN, Infinity) }],
  ['stem/bias', { shape: [], values: Float32Array.of(-0) }],
  ['empty', { shape: [0, 4], values: new Float32Array(0) }],
]);

const spell = (value: number) => (Object.is(value, -0) ? '-0' : String(value));

format('arrays come back bit by bit, with names and shapes', () => {
  const back = decodeTensors(encodeTensors(tensors)) as Tensors;
  assert.equal([...back.keys()], [...tensors.keys()]);
  for (const [name, { shape, values }] of tensors) {
    assert.equal(back.get(name)!.shape, shape);
    // As text, because NaN equals nothing and -0 equals 0.
    assert.equal(Array.from(back.get(name)!.values, spell), Array.from(values, spell));
  }
});

format('the bytes are those that other readers expect', () => {
  const bytes = encodeTensors(new Map([['w', { shape: [1, 2], values: Float32Array.of(1, 2) }]]), {
    epoch: '3',
  });
  const length = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  assert.is(length % 8, 0);
  assert.equal(JSON.parse(Buffer.from(bytes.subarray(8, 8 + length)).toString()), {
    __metadata__: { epoch: '3' },
    w: { dtype: 'F32', shape: [1, 2], data_offsets: [0, 8] },
  });
  assert.equal([...bytes.subarray(8 + length)], [0, 0, 0x80, 0x3f, 0, 0, 0, 0x40]);
});

format('no cut and no changed byte of the header makes it throw', () => {
  const bytes = encodeTensors(tensors);
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.nat(bytes.length), (at, value, length) => {
      const damaged = Uint8Array.from(bytes).subarray(0, length);
      if (at < length) damaged[at] = value;
      const result = decodeTensors(damaged);
      assert.ok(typeof result === 'string' || result instanceof Map);
    }),
    { seed: 7, numRuns: 500 },
  );
});

format('a cut file says what is missing', () => {
  const bytes = encodeTensors(tensors);
  assert.is(decodeTensors(bytes.subarray(0, 5)), '5 bytes are too few for a header');
  assert.is(decodeTensors(bytes.subarray(0, 60)), 'the header is cut off');
  assert.match(decodeTensors(bytes.subarray(0, bytes.length - 4)) as string, /cut off/);
});

format.run();

const checkpoints = suite('checkpoints');

function checkpointOf(epoch: number): Checkpoint {
  const weights = new Map([
    ['w', { shape: [4], values: Float32Array.from([0, 1, 2, 3], (index) => epoch + index) }],
  ]);
  return { epoch, weights, optimizer: weights, state: { iterations: epoch * 10 } };
}

function read(run: string) {
  const bag = new Bag();
  return { checkpoint: readLastCheckpoint(run, 1, bag), codes: bag.sorted().map(({ code }) => code), bag };
}

checkpoints('the last one is read back whole', () =>
  inFolder((run) => {
    writeCheckpoint(run, 1, checkpointOf(1));
    assert.is(writeCheckpoint(run, 1, checkpointOf(2)), 'fold-1/checkpoints/epoch-002');
    assert.equal(read(run), { ...read(run), checkpoint: checkpointOf(2), codes: [] });
  }),
);

checkpoints('the last and the one before are kept', () =>
  inFolder((run) => {
    for (let epoch = 1; epoch <= 4; epoch += 1) writeCheckpoint(run, 1, checkpointOf(epoch));
    assert.equal(checkpointEpochs(run, 1), [3, 4]);
  }),
);

checkpoints('the best one is kept, however long ago it was', () =>
  inFolder((run) => {
    for (let epoch = 1; epoch <= 6; epoch += 1) {
      const selection = { epoch: Math.min(epoch, 2), loss: 0.5, since: 0, plateaus: 0 };
      writeCheckpoint(run, 1, { ...checkpointOf(epoch), state: { selection } });
    }
    assert.equal(checkpointEpochs(run, 1), [2, 5, 6]);
  }),
);

checkpoints('folds do not see each other', () =>
  inFolder((run) => {
    writeCheckpoint(run, 2, checkpointOf(5));
    assert.is(read(run).checkpoint, null);
  }),
);

const damages: Readonly<Record<string, (folder: string) => void>> = {
  'a truncated file': (folder) => truncateSync(join(folder, 'weights.safetensors'), 40),
  'an empty file': (folder) => truncateSync(join(folder, 'optimizer.safetensors'), 0),
  'a flipped byte': (folder) => {
    const path = join(folder, 'weights.safetensors');
    const bytes = readFileSync(path);
    bytes[bytes.length - 3]! ^= 1;
    writeFileSync(path, bytes);
  },
  'a missing file': (folder) => rmSync(join(folder, 'weights.safetensors')),
  'a missing seal': (folder) => rmSync(join(folder, 'checkpoint.json')),
  'a half-written seal': (folder) => truncateSync(join(folder, 'checkpoint.json'), 30),
  'a seal of another make': (folder) => writeFileSync(join(folder, 'checkpoint.json'), '{"version": 9}'),
};

for (const [name, damage] of Object.entries(damages)) {
  checkpoints(`${name} is reported, and the one before is taken`, () =>
    inFolder((run) => {
      writeCheckpoint(run, 1, checkpointOf(1));
      damage(join(run, writeCheckpoint(run, 1, checkpointOf(2))));
      const { checkpoint, codes } = read(run);
      assert.equal(checkpoint, checkpointOf(1));
      assert.equal(codes, ['CMR914']);
    }),
  );
}

checkpoints('with all of them damaged there is none, and where one is needed that is an error', () =>
  inFolder((run) => {
    damages['a flipped byte']!(join(run, writeCheckpoint(run, 1, checkpointOf(1))));
    const bag = new Bag();
    assert.is(readLastCheckpoint(run, 1, bag, { required: true }), null);
    assert.equal(new Set(bag.sorted().map(({ code }) => code)), new Set(['CMR914', 'CMR915']));
  }),
);

checkpoints('what a killed process left half-written is no checkpoint and goes with the next one', () =>
  inFolder((run) => {
    writeCheckpoint(run, 1, checkpointOf(1));
    const parent = join(run, 'fold-1', 'checkpoints');
    mkdirSync(join(parent, '.epoch-002.999-1.partial'));
    writeFileSync(join(parent, '.epoch-002.999-1.partial', 'weights.safetensors'), 'x');
    assert.equal(checkpointEpochs(run, 1), [1]);
    writeCheckpoint(run, 1, checkpointOf(2));
    assert.equal(readdirSync(parent).sort(), ['epoch-001', 'epoch-002']);
  }),
);

checkpoints('an epoch trained again replaces its checkpoint, and later damaged ones go', () =>
  inFolder((run) => {
    writeCheckpoint(run, 1, checkpointOf(1));
    damages['an empty file']!(join(run, writeCheckpoint(run, 1, checkpointOf(3))));
    writeCheckpoint(run, 1, { ...checkpointOf(2), state: { again: true } });
    assert.equal(checkpointEpochs(run, 1), [1, 2]);
    assert.equal(read(run).checkpoint?.state, { again: true });
    assert.not.ok(existsSync(join(run, 'fold-1', 'checkpoints', 'epoch-003')));
  }),
);

checkpoints.run();
