import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayersPlan } from '../../../compiler/index.ts';
import { processArguments } from '../../threads/entry.ts';
import { reasonOf } from '../installed/command.ts';
import type { Workshop } from '../installed/workshop.ts';

/** How fast an engine trains a network: medians of a few repetitions. */
export interface Speed {
  readonly version: string;
  readonly threads: number;
  readonly batch: number;
  readonly stepMs: number;
  /** Of one image. */
  readonly inferenceMs: number;
  /** Of the process, at its largest. */
  readonly memoryBytes: number;
}

const silentMs = 180_000;

/** Times an engine in a process of its own; why not, where it does not start. */
export async function measureSpeed(
  workshop: Workshop,
  name: string,
  network: LayersPlan,
): Promise<Speed | { readonly problem: string }> {
  const folder = mkdtempSync(join(tmpdir(), 'cmrnet-speed-'));
  const path = join(folder, 'network.json');
  writeFileSync(path, JSON.stringify(network));
  const words = processArguments(import.meta.url, 'speed-worker', [name, path]);
  const outcome = await workshop.run(process.execPath, words, { silentMs, signal: workshop.signal });
  rmSync(folder, { recursive: true, force: true });
  if (outcome.status !== 0) return { problem: reasonOf(outcome, 'node', silentMs) };
  return JSON.parse(outcome.output.trim().split('\n').at(-1)!) as Speed | { problem: string };
}
