import { Ajv } from 'ajv';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  adviceFor,
  type Examination,
  examine,
  isSupported,
} from '../../src/runtime/engines/doctor/doctor.ts';
import { doctorSchema } from '../../src/runtime/engines/doctor/doctor-schema.ts';
import { busyLoad } from '../../src/runtime/engines/doctor/load.ts';
import { machineFacts } from '../../src/runtime/engines/installed/machine-facts.ts';
import { inFolder } from '../support/folder.ts';
import { Machine } from './machine.ts';
import { tinyPlan } from './tf/training-support.ts';

const test = suite('doctor');
const validate = new Ajv().compile(doctorSchema);

const speed = { version: '4.22.0', threads: 2, batch: 2, stepMs: 500, inferenceMs: 40, memoryBytes: 4e8 };
const bare: Omit<Examination, 'advice'> = {
  version: 1,
  node: { version: 'v20.20.2', supported: true },
  machine: { ...machineFacts(), wasmSimd: true },
  busy: null,
  gpus: [],
  gpuProblem: 'there is no NVIDIA driver on this machine (no `nvidia-smi`)',
  tools: { npm: null, compiler: null, pythons: [] },
  engines: [
    { name: 'tfjs-node', state: 'absent', speed: null, problem: null, install: null },
    { name: 'wasm', state: 'embedded', speed, problem: null, install: null },
  ],
  cache: '/home/me/.cache/cmrnet/engines',
};

test('what it prints as JSON is valid against its schema, with the built-in engine really timed', () =>
  inFolder(async (folder) => {
    const machine = new Machine(folder);
    machine.addPython();
    const { runCommand } = await import('../../src/runtime/engines/installed/command.ts');
    const workshop = machine.workshop;
    const scripted = {
      ...workshop,
      run: ((command, words, options) =>
        command === process.execPath
          ? runCommand(command, words, options)
          : workshop.run(command, words, options)) as typeof runCommand,
    };
    const found = await examine(scripted, tinyPlan().network);
    assert.ok(validate(found), JSON.stringify(validate.errors));
    const wasm = found.engines.find(({ name }) => name === 'wasm')!;
    assert.ok(wasm.speed!.stepMs > 0 && wasm.speed!.inferenceMs > 0, JSON.stringify(wasm));
    assert.is(found.tools.compiler, 'c++ 12.2.0');
    assert.match(found.gpuProblem!, 'no NVIDIA driver');
  }));

test('a machine on which nothing can be better is told so', () => {
  assert.equal(adviceFor(bare), ['nothing: training uses wasm']);
});

test('on a busy machine it says so, and takes no times for advice', () => {
  const engines: Examination['engines'] = [
    { name: 'onnx', state: 'package', speed: { ...speed, stepMs: 900 }, problem: null, install: null },
    { name: 'wasm', state: 'embedded', speed, problem: null, install: null },
  ];
  assert.match(adviceFor({ ...bare, engines }).join(), 'backend use wasm');
  const busy = busyLoad(18.2, 2);
  assert.equal(adviceFor({ ...bare, busy, engines }), [
    'busy: load 18 on 2 cores: these times are of a busy machine; ask again when it is idle',
  ]);
  assert.is(busyLoad(2.4, 2), null);
});

test('it advises what this machine can do', () => {
  const python = { executable: 'python3', version: '3.11', pip: true, tensorflow: null };
  const tools = { npm: '10.8.2', compiler: 'c++ 12.2.0', pythons: [python] };
  assert.match(adviceFor({ ...bare, tools }).join(), '`cmrc backend install` builds tfjs-node');
  const engines = [
    {
      name: 'tfjs-node',
      state: 'installed',
      speed: { ...speed, stepMs: 1000 },
      problem: null,
      install: null,
    },
    { name: 'wasm', state: 'embedded', speed, problem: null, install: null },
  ] as const;
  assert.equal(adviceFor({ ...bare, engines }), [
    '`cmrc backend use wasm`: it trains 2.0 times as fast as tfjs-node here',
  ]);
  const broken = [
    {
      name: 'tfjs-node',
      state: 'broken',
      speed: null,
      problem: '`/x` is gone',
      install: 'cmrc backend install',
    },
    engines[1],
  ] as const;
  assert.match(adviceFor({ ...bare, engines: broken }).join(), 'tfjs-node cannot be used (`/x` is gone)');
  assert.match(adviceFor({ ...bare, node: { version: 'v18.0.0', supported: false } })[0]!, 'update Node');
});

test('Node 20.19 and everything later is supported', () => {
  const versions = ['v18.20.0', 'v20.18.1', 'v20.19.0', 'v22.0.0', 'v24.1.0'];
  assert.equal(versions.map(isSupported), [false, false, true, true, true]);
});

test.run();
