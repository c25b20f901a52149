// Trains experiments and a PyTorch peer for the same processor time on the same split, and compares their masks of held-out
// patients: `npm run bench:quality -- --help`. How to read it is in ../README.md.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Bag, compile, type RunPlan, renderDiagnostics } from '../../src/compiler/index.ts';
import { loadDataset } from '../../src/runtime/data/dataset/load.ts';
import { importDataset } from '../../src/runtime/data/import/import.ts';
import type { Layout } from '../../src/runtime/data/import/layouts/layout-facts.ts';
import { decodeTensors } from '../../src/runtime/storage/safetensors.ts';
import { specHost } from '../../test/support/spec-host.ts';
import { buildScript } from '../built.ts';
import { keepMemory } from '../player.ts';
import { type Command, play } from './play.ts';
import { prepare } from './prepare.ts';
import { qualityPlots, qualityTable } from './report.ts';
import { type Reached, type Result, Results } from './results.ts';
import { type Masks, scoreVolumes } from './score.ts';
import { comparedHead, files, type Split, type Task } from './task.ts';

const help = `npm run bench:quality -- --data PATH [options]

  --data PATH        a manifest, or a folder that \`cmrc data import\` knows
  --layout NAME      the folder's layout (acdc)
  --minutes N        processor minutes of each training (40); masks are judged after a quarter, a half and all of them
  --seeds N          how many seeds, from 1 on (3)
  --seed N           this seed alone; may be repeated
  --spec FILE        whose experiments train (specs/strong.cmrnet)
  --set SETTING      changes the experiments, as \`cmrc train --set\` does; may be repeated
  --players NAMES    experiments of the spec, and pytorch; with commas; all without it
  --as NAME          what the players are called in the table, before their own names
  --python PATH      a Python with torch (python3)
  --threads N        of each player (1)
  --out FOLDER       where results are kept and found again (quality)
  --table            only prints the table of what is there
`;

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    layout: { type: 'string', default: 'acdc' },
    minutes: { type: 'string', default: '40' },
    seeds: { type: 'string', default: '3' },
    seed: { type: 'string', multiple: true },
    spec: { type: 'string', default: 'specs/strong.cmrnet' },
    set: { type: 'string', multiple: true, default: [] },
    players: { type: 'string' },
    as: { type: 'string' },
    python: { type: 'string', default: 'python3' },
    threads: { type: 'string', default: '1' },
    out: { type: 'string', default: 'quality' },
    table: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
/** After which shares of the time masks are judged. */
const shares = [0.25, 0.5, 1];

const minutes = Number(values.minutes);
const out = resolve(values.out);
if (values.help || !(minutes > 0)) {
  process.stdout.write(help);
  process.exit(values.help ? 0 : 2);
}
const results = new Results(out);
if (!values.table) await measure();
writeTable();

async function measure(): Promise<void> {
  if (values.data === undefined) refuse('--data is missing', 2);
  const plans = plansOf(await manifestOf(values.data));
  const experiments = [...plans.keys()];
  const players = values.players?.split(',').map((name) => name.trim()) ?? [...experiments, 'pytorch'];
  const unknown = players.find((name) => name !== 'pytorch' && !plans.has(name));
  if (unknown !== undefined) refuse(`${values.spec} has no experiment ${unknown}`, 2);
  const folder = await preparedFolder(plans);
  const split = JSON.parse(readFileSync(join(folder, files.split), 'utf8')) as Split;
  const ours = join(fileURLToPath(new URL('../../', import.meta.url)), 'dist/benchmark/quality.js');
  await buildScript('./quality/ours.ts', ours);
  const seeds =
    values.seed?.map(Number) ?? Array.from({ length: Number(values.seeds) }, (_, index) => index + 1);
  for (const seed of seeds) {
    for (const player of players) {
      const isPeer = player === 'pytorch';
      const name = values.as === undefined ? player : `${values.as} ${player}`;
      const done = results.read(minutes).find((one) => one.player === name && one.seed === seed);
      if (done?.marks.length === shares.length) continue;
      const experiment = isPeer ? experiments[0]! : player;
      const task: Task = {
        folder,
        experiment,
        seed,
        budget: minutes * 60,
        marks: shares,
        threads: Number(values.threads),
        predictions: join(folder, `${name.replaceAll(' ', '-')}-${seed}.u8`),
      };
      const plan = plans.get(experiment)!;
      await train(name, isPeer ? peer() : node(ours), task, plan, split);
      writeTable();
    }
  }
}

async function train(name: string, command: Command, task: Task, plan: RunPlan, split: Split): Promise<void> {
  const truth = truthIn(task.folder);
  const largest = plan.evaluate.components === 'largest';
  let version = '';
  const marks: Reached[] = [];
  const say = (text: string) => console.log(`${name}, seed ${task.seed}: ${text}`);
  try {
    await play(command, task, {
      begun: (own) => {
        version = own;
        say(own);
      },
      progress: ({ processor, steps, loss }) =>
        say(`${(processor / 60).toFixed(1)} minutes, ${steps} steps, loss ${loss.toFixed(4)}`),
      mark: ({ mark, steps }, labels) => {
        const volumes = scoreVolumes(split, truth, { ...truth, labels }, largest);
        marks.push({ minutes: mark * minutes, steps, volumes });
        const { threads, seed } = task;
        const result: Result = {
          player: name,
          version,
          seed,
          minutes,
          threads,
          structures: split.structures,
          marks,
        };
        results.write(result);
        writeTable();
      },
    });
  } catch (error) {
    say(`does not play: ${(error as Error).message}`);
    process.exitCode = 1;
  }
}

function node(script: string): Command {
  return { command: process.execPath, arguments: [script], environment: {} };
}

function peer(): Command {
  const script = fileURLToPath(new URL('../peers/quality_peer.py', import.meta.url));
  return { command: values.python, arguments: ['-B', script], environment: keepMemory };
}

/** The manifest, which is made for a folder. */
async function manifestOf(data: string): Promise<string> {
  if (!statSync(data).isDirectory()) return resolve(data);
  const path = join(out, 'data.yaml');
  if (existsSync(path)) return path;
  const bag = new Bag();
  const imported = await importDataset(values.layout as Layout, resolve(data), path, bag);
  if (imported === null) refuse(renderDiagnostics(bag.sorted(), { get: () => undefined }), 1);
  return path;
}

/** The experiments of the spec, on the manifest's data. */
function plansOf(manifest: string): ReadonlyMap<string, RunPlan> {
  const overrides = [`data.manifest=${JSON.stringify(manifest)}`, ...values.set];
  const { experiments, diagnostics, sources } = compile(values.spec, specHost(), { overrides });
  if (diagnostics.some(({ severity }) => severity === 'error'))
    refuse(renderDiagnostics(diagnostics, sources), 1);
  const plans = new Map(experiments.flatMap(({ name, plan }) => (plan ? [[name, plan] as const] : [])));
  for (const [name, plan] of plans) {
    if (comparedHead(plan) === undefined) refuse(`${name} has no mask head that ends with a softmax`, 1);
  }
  return plans;
}

/** What the players read; made whole or not at all, as several may run beside each other. */
async function preparedFolder(plans: ReadonlyMap<string, RunPlan>): Promise<string> {
  const identity = [...plans.values()].map(({ hash }) => hash.slice(0, 6)).join('-');
  const folder = join(out, 'prepared', identity);
  if (existsSync(folder)) return folder;
  const [first] = plans.values();
  const bag = new Bag();
  const loaded = loadDataset(first!, bag, { complete: false });
  if (loaded === null) refuse(renderDiagnostics(bag.sorted(), { get: () => undefined }), 1);
  const made = `${folder}.${process.pid}`;
  await prepare(made, plans, loaded.dataset);
  if (!existsSync(folder)) renameSync(made, folder);
  return folder;
}

function truthIn(folder: string): Masks {
  const tensors = decodeTensors(readFileSync(join(folder, files.heldOut)));
  if (typeof tensors === 'string') throw new Error(tensors);
  const { shape, values: labels } = tensors.get('labels')!;
  return { height: shape[1]!, width: shape[2]!, labels: Uint8Array.from(labels) };
}

function writeTable(): void {
  const found = results.read(minutes);
  if (found.length === 0) return;
  const table = qualityTable(found);
  mkdirSync(out, { recursive: true });
  writeFileSync(join(out, `table-${minutes}-minutes.md`), `${table}\n`);
  for (const [structure, plot] of qualityPlots(found))
    writeFileSync(join(out, `${structure}-${minutes}-minutes.svg`), plot);
  console.log(`\n${table}\n`);
}

function refuse(reason: string, code: number): never {
  process.stderr.write(`${reason.trimEnd()}\n`);
  process.exit(code);
}
