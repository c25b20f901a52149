// Times a training step and the inference of one image on every backend that this machine has.
// `npm run bench -- [--backend NAME] [--case WORDS] [--steps N] [--kernels]`; each backend and case runs in a process
// of its own.
import { spawnSync } from 'node:child_process';
import os from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { backendNames } from '../src/runtime/tf/backend.ts';
import { cases } from './cases.ts';
import type { Timing } from './timing.ts';

const { values } = parseArgs({
  options: {
    backend: { type: 'string' },
    case: { type: 'string', default: '' },
    steps: { type: 'string', default: '7' },
    kernels: { type: 'boolean', default: false },
  },
});

const processor = os.cpus()[0]?.model ?? 'unknown processor';
console.log(`${processor}, ${os.availableParallelism()} cores, Node ${process.version}`);
console.log('median of all, with the first and third quartile; milliseconds\n');
console.log(['backend', 'case', 'step', 'inference of an image', 'memory'].join(' | '));

// Plain JavaScript takes minutes a step here, and is for tests.
const usual = backendNames.filter((name) => name !== 'cpu');
for (const backend of values.backend === undefined ? usual : [values.backend]) {
  for (const [index, { name }] of cases.entries()) {
    if (!name.includes(values.case)) continue;
    const timing = timed(backend, index);
    if (timing === null) break;
    if (timing.kernels.length > 0) console.log(timing.kernels.join('\n'));
    const { threads, step, inference, memoryMegabytes } = timing;
    const columns = [
      `${backend} ×${threads}`,
      name,
      spread(step),
      spread(inference),
      `${memoryMegabytes.toFixed(0)} MB`,
    ];
    console.log(columns.join(' | '));
  }
}

/** Null when the backend is not there. */
function timed(backend: string, index: number): Timing | null {
  const script = fileURLToPath(new URL('./timing.ts', import.meta.url));
  const rest = [script, backend, String(index), values.steps, String(values.kernels)];
  const { stdout, status } = spawnSync(process.execPath, ['--import', 'tsx', ...rest], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  if (status !== 0) throw new Error(`the timing of ${backend} failed`);
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Timing | null;
}

function spread(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
  return `${at(0.5).toFixed(0)} (${at(0.25).toFixed(0)} – ${at(0.75).toFixed(0)})`;
}
