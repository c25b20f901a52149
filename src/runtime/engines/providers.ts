import type { ProviderState } from '../onnx/providers.ts';
import type { Runner } from './command.ts';
import { workerWords } from './self-test.ts';

const silentMs = 30_000;

/** What of ONNX Runtime could compute in the processor's place here; none where the package is not there. */
export async function findProviders(run: Runner): Promise<readonly ProviderState[]> {
  const outcome = await run(process.execPath, workerWords('provider-worker', []), { silentMs });
  if (outcome.status !== 0) return [];
  return JSON.parse(outcome.output.trim().split('\n').at(-1)!) as readonly ProviderState[];
}
