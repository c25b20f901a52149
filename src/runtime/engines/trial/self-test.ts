import { processArguments } from '../../threads/entry.ts';
import { reasonOf } from '../installed/command.ts';
import { giveUp, type Workshop } from '../installed/workshop.ts';

/** What a built engine does when it is tried. */
export interface Verdict {
  /** Of TensorFlow. */
  readonly version: string;
  readonly gpu: boolean;
  /** Sentences; none when all is well. */
  readonly wrong: readonly string[];
}

const silentMs = 180_000;

/** Tries the engine of a folder in a process of its own, which a bad library may take down. */
export async function selfTest(workshop: Workshop, name: string, folder: string): Promise<Verdict | null> {
  const { run, tell, signal } = workshop;
  tell('self-test: every forward and gradient kernel against plain JavaScript, and memory');
  const outcome = await run(
    process.execPath,
    processArguments(import.meta.url, 'self-test-worker', [folder]),
    {
      silentMs,
      signal,
    },
  );
  const verdict = outcome.status === 0 ? parse(outcome.output) : null;
  const fail = (reason: string) =>
    giveUp(workshop, 'selfTestFailed', { name, reason }, [
      'try another TensorFlow: `--library PATH` or `--python PATH`',
      '`cmrc doctor` shows what this machine has',
    ]);
  if (verdict === null) {
    const died = outcome.failure === null && outcome.status === null;
    return fail(died ? 'its process was killed by the system' : reasonOf(outcome, 'node', silentMs));
  }
  if (verdict.wrong.length > 0) return fail(verdict.wrong.join('; '));
  if (name === 'tfjs-node-gpu' && !verdict.gpu) {
    return giveUp(workshop, 'noGpu', { reason: 'TensorFlow finds none and would run on the CPU' }, [
      'see that `nvidia-smi` lists one and that `CUDA_VISIBLE_DEVICES` does not hide it',
      'without a GPU use `cmrc backend install`, which is for the CPU',
    ]);
  }
  return verdict;
}

function parse(output: string): Verdict | null {
  try {
    return JSON.parse(output.trim().split('\n').at(-1)!) as Verdict;
  } catch {
    return null;
  }
}
