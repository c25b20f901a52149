import { processArguments } from '../../threads/entry.ts';
import type { Runner } from '../installed/command.ts';
import type { ProviderState } from '../onnx/providers.ts';

const silentMs = 30_000;

/** What of ONNX Runtime could compute in the processor's place here; none where the package is not there. */
export async function findProviders(run: Runner): Promise<readonly ProviderState[]> {
  const outcome = await run(process.execPath, processArguments(import.meta.url, 'provider-worker', []), {
    silentMs,
  });
  if (outcome.status !== 0) return [];
  return JSON.parse(outcome.output.trim().split('\n').at(-1)!) as readonly ProviderState[];
}
