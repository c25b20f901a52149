// Times the paper's network and a U-Net on every engine that this machine has, paired with PyTorch and TensorFlow where a Python with
// them is found: `npm run bench -- --help`. How to read it is in README.md.
import { writeFileSync } from 'node:fs';
import os from 'node:os';
import { parseArgs } from 'node:util';
import { engineNames } from '../src/compiler/index.ts';
import { buildPlayer } from './built.ts';
import { type Case, nameOf, parseCase, scalingCases, usualCases } from './cases.ts';
import { check } from './check.ts';
import { compare, type Measured, type Setting } from './compare.ts';
import { flatness } from './flatness.ts';
import { passWorth } from './passes.ts';
import { type Casting, engine, matches, peersFor, waysOfOnnx } from './player.ts';
import { profileTable } from './profile-table.ts';
import { workloadOfRun } from './run-workload.ts';
import { table } from './table.ts';

const help = `npm run bench -- [options]

  --case SIZES       256x224x8: height, width and batch, then the network's width and the convolutions of its serial
                     stacks; recipe:128x128x8 and u-net:128x128x8 of the other networks of networks.cmrnet; may be repeated
  --scaling          from 64 to 512 pixels, 1 to 32 images and 3 to 24 convolutions instead, half a minute of rounds each
  --run FOLDER       a run's network and the first batch of its first fold instead, of its own size
  --players NAMES    wasm, tfjs-node, onnx, 'onnx standard', 'onnx 400 MB', pytorch, tensorflow, 'pytorch untuned', 'pytorch compiled',
                     'pytorch double'; with commas
  --reference NAME   whom the ratios are to; the fastest PyTorch layout without it
  --python PATH      a Python with torch or tensorflow, else python3 on the path; may be repeated
  --threads N        1 or 2, or as many as there are; all cores without it
  --rounds N         paired rounds (7)
  --repeat N         steps of each round (2)
  --minutes N        no further round begins that would end after as many minutes, for each size
  --check            compares ten losses and all gradients with PyTorch in double precision instead
  --profile          says where the time of one player's step and inference goes instead
  --passes           what each pass of the compiled step is worth: the step without it, --rounds times, instead
  --flat             500 steps; says tensors and memory every 50 instead
  --json FILE        writes all that was measured, too
`;

const { values } = parseArgs({
  options: {
    case: { type: 'string', multiple: true },
    scaling: { type: 'boolean', default: false },
    run: { type: 'string' },
    players: { type: 'string' },
    reference: { type: 'string' },
    python: { type: 'string', multiple: true, default: ['python3'] },
    threads: { type: 'string', default: String(os.availableParallelism()) },
    rounds: { type: 'string', default: '7' },
    repeat: { type: 'string', default: '2' },
    minutes: { type: 'string' },
    check: { type: 'boolean', default: false },
    profile: { type: 'boolean', default: false },
    passes: { type: 'boolean', default: false },
    flat: { type: 'boolean', default: false },
    json: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  process.stdout.write(help);
  process.exit();
}

const threads = Number(values.threads);
const choice = values.players === undefined ? null : values.players.split(',').map((name) => name.trim());
const cases = casesAsked();
const castings = cast();
const given = values.run === undefined ? null : await workloadOfRun(values.run);
if (typeof given === 'string') {
  process.stderr.write(`--run ${values.run}: ${given}\n`);
  process.exit(1);
}
const machine = {
  processor: os.cpus()[0]?.model ?? 'unknown processor',
  cores: os.availableParallelism(),
  node: process.version,
  threads,
};
console.log(`${machine.processor}, ${machine.cores} cores, Node ${machine.node}, ${threads} threads\n`);

await buildPlayer();
const results: unknown[] = [];
for (const one of given === null ? cases : [given.one]) {
  console.log(given === null ? nameOf(one) : `${values.run}, a batch of ${one.batch}`);
  const settings = { one, threads, castings, ...(given !== null && { workload: given.workload }) };
  if (values.passes) results.push(await passWorth(one, threads, Number(values.rounds)));
  else if (values.check) results.push(await check(settings, referenceName()));
  else if (values.flat) for (const casting of castings) results.push(await flatness(casting, settings));
  else if (values.profile)
    for (const casting of castings) results.push(await profileTable(casting, settings));
  else results.push(await measure(settings));
  console.log();
}
if (values.json !== undefined)
  writeFileSync(values.json, `${JSON.stringify({ machine, results }, null, 2)}\n`);

async function measure(settings: Setting): Promise<Measured> {
  // Nine sizes, of which the largest take seconds a step.
  const minutes = values.minutes === undefined ? (values.scaling ? 0.5 : null) : Number(values.minutes);
  const rounds = { rounds: Number(values.rounds), repeat: Number(values.repeat), minutes };
  const measured = await compare(settings, rounds, referenceName());
  for (const { name, reason } of measured.absent) console.log(`  ${name} does not play: ${reason}`);
  console.log(table(measured));
  return measured;
}

function referenceName(): string | null {
  return values.reference ?? null;
}

/** Plain JavaScript takes minutes a step here, and is for tests. */
function cast(): readonly Casting[] {
  const engines = engineNames.filter((name) =>
    choice === null ? name !== 'cpu' : choice.some((word) => matches(name, word)),
  );
  // A profile is of engines: peers have profilers of their own.
  const peers = values.profile ? [] : peersFor(values.python, choice, values.check);
  const ways = waysOfOnnx.filter(({ name }) => choice?.includes(name));
  return [...engines.map(engine), ...ways, ...peers];
}

function casesAsked(): readonly Case[] {
  if (values.scaling) return scalingCases;
  if (values.case === undefined) return values.check ? usualCases.slice(0, 1) : usualCases;
  return values.case.map((text) => {
    const one = parseCase(text);
    if (one === null) {
      process.stderr.write(
        `--case ${text}: no such case; 256x224x8 and recipe:128x128x8 are, sizes are multiples of 16\n`,
      );
      process.exit(2);
    }
    return one;
  });
}
