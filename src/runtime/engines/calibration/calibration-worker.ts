// `calibration-worker NETWORKS` times the compiled engine: lines `stage DONE OF` while it works, and one line of JSON.
import { readFileSync } from 'node:fs';
import os from 'node:os';
import { probeBlock } from '../onnx/block.ts';
import { calibrate, type TimedNetworks } from '../onnx/calibrate.ts';
import { loadLibrary } from '../onnx/library.ts';
import { checkSelf } from '../onnx/self-check.ts';
import type { Measurement } from './calibrate.ts';

const networks = JSON.parse(readFileSync(process.argv[2]!, 'utf8')) as TimedNetworks;
const answer: Measurement | { problem: string } = await measure();
process.stdout.write(`${JSON.stringify(answer)}\n`, () => process.exit(0));

async function measure(): Promise<Measurement | { problem: string }> {
  try {
    const library = await loadLibrary();
    const threads = os.availableParallelism();
    const probed = await probeBlock(library);
    const block = probed !== null && (await checkSelf(library, probed)) === null ? probed : null;
    const begin = performance.now();
    const found = await calibrate({ library, threads, block }, networks, (done, stages) => {
      process.stdout.write(`stage ${done} ${stages}\n`);
    });
    const seconds = (performance.now() - begin) / 1000;
    return { library: library.env.versions.common, threads, block, seconds, ...found };
  } catch (error) {
    return { problem: (error as Error).message.split('\n')[0]! };
  }
}
