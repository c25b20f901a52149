// What the interface costs: how fast it opens, and which part of a core it takes. `npm run bench:interface` measures a
// thousand runs and a run of a hundred thousand events that it makes itself; `npm run bench:interface -- runs` measures
// the runs of a folder, such as while one of them is trained.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { frameOf } from '../cli/tui/frame.ts';
import { createProgram, type Program } from '../cli/tui/program.ts';
import { AlternateScreen } from '../cli/tui/screen.ts';
import { initialSession } from '../cli/tui/update.ts';
import { World } from '../cli/tui/world/world.ts';
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
      if (effect.kind !== 'leave') world.perform(effect);
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

async function measure(title: string, parent: string, run?: string): Promise<void> {
  const { program, world, counts, begin } = opened(parent, run);
  const isLoading = () =>
    run === undefined ? program.current().runs.loading : program.current().run?.loading !== false;
  while (isLoading()) await wait(1);
  const ready = performance.now() - begin;
  await wait(1000);
  Object.assign(counts, { frames: 0, bytes: 0 });
  const before = process.cpuUsage();
  await wait(seconds * 1000);
  const used = process.cpuUsage(before);
  world.stop();
  const share = (used.user + used.system) / (seconds * 1e4);
  process.stdout.write(
    `${title}: open after ${Math.round(ready)} ms, then ${share.toFixed(2)} % of a core, ${(counts.frames / seconds).toFixed(1)} frames and ${Math.round(counts.bytes / seconds)} bytes per second\n`,
  );
}

const [given] = process.argv.slice(2);
if (given !== undefined) {
  await measure(`runs of ${given}`, given);
  const training = readdirSync(given).find((name) => readdirSync(join(given, name)).includes('lock'));
  if (training !== undefined) await measure(`${training}, which is trained`, given, join(given, training));
} else {
  const folder = mkdtempSync(join(tmpdir(), 'cmrnet-interface-'));
  try {
    recordRuns(folder);
    const names = readdirSync(folder);
    for (let index = names.length; index < 1000; index += 1) {
      cpSync(join(folder, names[index % names.length]!), join(folder, `Copy-${index}`), { recursive: true });
    }
    await measure('1,000 runs', folder);
    const long = join(folder, names[0]!);
    const events = join(long, 'events.jsonl');
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
    await measure('a run of 100,000 events', folder, long);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
process.exit(0);
