// What the interface costs: how fast it opens, and which part of a core it takes. `npm run bench:interface` measures a
// thousand runs and a run of a hundred thousand events that it makes itself; `npm run bench:interface -- runs` measures
// the runs of a folder, such as while one of them is trained.
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { AlternateScreen } from '../cli/tui/app/screen.ts';
import { initialSession } from '../cli/tui/session/initial.ts';
import { createProgram, type Program } from '../cli/tui/update/program.ts';
import { frameOf } from '../cli/tui/views/frame.ts';
import { World } from '../cli/tui/world/world.ts';
import { isTraining } from '../src/runtime/runs/record/at-work.ts';
import { recordRuns } from '../test/support/recorded-runs.ts';

const seconds = 20;

/** A session on a terminal of 120×40 that counts what is written to it. */
function opened(parent: string, run?: string) {
  const counts = { frames: 0, bytes: 0 };
  const terminal = {
    columns: 120,
    rows: 40,
    write: (text: string) => {
      counts.frames += 1;
      counts.bytes += text.length;
    },
  };
  const screen = new AlternateScreen(terminal);
  const look = { depth: 24, ground: 'dark', masks: 'paper', ascii: false, graphics: null } as const;
  const view = run === undefined ? 'runs' : 'run';
  const program: Program = createProgram(
    initialSession({ columns: 120, rows: 40, now: Date.now(), look, parent, view }),
    (effect) => {
      if (effect.kind !== 'leave' && effect.kind !== 'suspend') world.perform(effect);
    },
    67,
  );
  const world: World = new World({ parent, spec: null, send: program.send, current: program.current });
  const draw = () => screen.draw(frameOf(program.current()));
  program.subscribe(draw);
  draw();
  const begin = performance.now();
  if (run !== undefined) world.perform({ kind: 'open', folder: run });
  world.start();
  return { program, world, counts, begin };
}

/**
 * How long until everything is read, and what it costs from then on.
 * @param steps how many of them the run is given each second meanwhile
 */
async function measure(title: string, parent: string, run?: string, steps = 0): Promise<void> {
  const { program, world, counts, begin } = opened(parent, run);
  const isLoading = () =>
    program.current().runs.loading || (run !== undefined && program.current().run?.loading !== false);
  let first: number | null = null;
  while (isLoading()) {
    const { runs, run: open } = program.current();
    if (run === undefined ? runs.all.length > 0 : open?.loading === false)
      first ??= performance.now() - begin;
    await wait(1);
  }
  const all = performance.now() - begin;
  const feeder = run === undefined || steps === 0 ? undefined : feed(join(run, 'events.jsonl'), steps);
  await wait(1000);
  Object.assign(counts, { frames: 0, bytes: 0 });
  const before = process.cpuUsage();
  await wait(seconds * 1000);
  const used = process.cpuUsage(before);
  world.stop();
  clearInterval(feeder);
  const share = (used.user + used.system) / (seconds * 1e4);
  process.stdout.write(
    `${title}: ${Math.round(first ?? all)} ms to the first, all runs read after ${Math.round(all)} ms; then ${share.toFixed(2)} % of a core, ${(counts.frames / seconds).toFixed(1)} frames and ${Math.round(counts.bytes / seconds)} bytes per second\n`,
  );
}

const [given] = process.argv.slice(2);
if (given !== undefined) {
  await measure(`runs of ${given}`, given);
  const training = readdirSync(given).find(
    (name) => existsSync(join(given, name, 'lock')) && isTraining(join(given, name)),
  );
  if (training !== undefined) await measure(`${training}, which is trained`, given, join(given, training));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'cmrnet-interface-'));
  try {
    recordRuns(folder);
    const names = readdirSync(folder);
    for (let index = names.length; index < 1000; index += 1) {
      cpSync(join(folder, names[index % names.length]!), join(folder, `Copy-${index}`), { recursive: true });
    }
    await measure('1,000 runs for the first time', folder);
    await measure('1,000 runs once more', folder);
    const long = join(folder, names[0]!);
    lengthen(join(long, 'events.jsonl'));
    await measure('a run of 100,000 events among them', folder, long);
    await measure('that run with ten more steps a second', folder, long, 10);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exit(0);

/** Makes a journal one of a hundred thousand steps of a single fold. */
function lengthen(events: string): void {
  const lines = readFileSync(events, 'utf8').trimEnd().split('\n');
  const step = lines.find((line) => line.includes('"step"'))!;
  const many = Array.from({ length: 100_000 }, (_, index) =>
    JSON.stringify({
      ...JSON.parse(step),
      epoch: 1 + Math.floor(index / 12_500),
      step: 1 + (index % 12_500),
      loss: 1 / (1 + index / 9000),
    }),
  );
  const start = { ...JSON.parse(lines[0]!), stepsPerEpoch: 12_500 };
  writeFileSync(events, `${[JSON.stringify(start), ...many].join('\n')}\n`);
}

/** Goes on writing steps to a journal. */
function feed(events: string, perSecond: number): NodeJS.Timeout {
  const last = JSON.parse(readFileSync(events, 'utf8').trimEnd().split('\n').at(-1)!);
  let index = 0;
  return setInterval(() => {
    index += 1;
    const step = { ...last, epoch: 9, step: index, loss: 0.08 + 0.01 * Math.sin(index) };
    appendFileSync(events, `${JSON.stringify(step)}\n`);
  }, 1000 / perSecond);
}
