// `self-test-worker FOLDER` starts the engine that was built in a folder and tries it: one line of JSON.

import { readEngine } from '../installed/record.ts';
import { startNative } from '../tf/start/start.ts';
import { checkMemory, checkPrimitives } from './check-primitives.ts';
import type { Verdict } from './self-test.ts';

/** A GPU multiplies with fewer digits than a CPU. */
const tolerance = { cpu: 1e-4, gpu: 5e-3 };
const rounds = 60;
/** What allocators may keep without its being a leak. */
const slack = 48e6;

const engine = readEngine(process.argv[2] ?? '');
if (engine === null || engine === 'broken') throw new Error('there is no engine in this folder');
const { name } = engine.record;
const { version, gpu } = await startNative(name, engine);
const wrong = [...(await checkPrimitives(gpu ? tolerance.gpu : tolerance.cpu))];
const { tensors, bytes } = checkMemory(rounds);
if (tensors !== 0) wrong.push(`${tensors} tensors stay behind`);
if (bytes > slack) wrong.push(`${Math.round(bytes / 1e6)} MB of memory stay behind`);
const verdict: Verdict = { version, gpu, wrong };
process.stdout.write(`${JSON.stringify(verdict)}\n`, () => process.exit(0));
