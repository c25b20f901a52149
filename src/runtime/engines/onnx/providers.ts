import type { Batch } from '../../data/batches/data-source.ts';
import { withDistances } from '../../data/batches/signed-distance.ts';
import type { TrainedPlan } from '../trainer.ts';
import type { OnnxLibrary } from './library.ts';
import type { OnnxTrainer } from './onnx-trainer.ts';

/** What can compute in the processor's place, by ONNX Runtime's names, and what each needs. */
export const providers = {
  cuda: 'an NVIDIA GPU with its driver, CUDA 12 and cuDNN 9',
  dml: 'Windows with a GPU that knows DirectX 12',
  coreml: 'macOS',
  webgpu: 'a GPU with Vulkan, Metal or DirectX 12',
} as const;

export type ProviderName = keyof typeof providers;

/** Names the provider that is wished for. */
export const providerVariable = 'CMRNET_ONNX_PROVIDER';

/** Null for the processor. */
export function providerWished(): string | null {
  return process.env[providerVariable] || null;
}

/** A provider on this machine. */
export interface ProviderState {
  readonly name: ProviderName;
  /** Why it cannot be used here; null where only trying tells more. */
  readonly missing: string | null;
}

/** By a small model a provider shows whether it starts. */
export async function providerStates(
  library: OnnxLibrary,
  model: Uint8Array,
): Promise<readonly ProviderState[]> {
  const states: ProviderState[] = [];
  for (const name of Object.keys(providers) as ProviderName[]) {
    states.push({ name, missing: await missingOf(library, name, model) });
  }
  return states;
}

async function missingOf(
  library: OnnxLibrary,
  name: ProviderName,
  model: Uint8Array,
): Promise<string | null> {
  const known = library.listSupportedBackends().some((one) => one.name === name);
  if (!known) return `ONNX Runtime's library for ${process.platform} has none; it needs ${providers[name]}`;
  try {
    const session = await onProvider(library, name).InferenceSession.create(model, { logSeverityLevel: 4 });
    await session.release();
    return null;
  } catch (error) {
    return `${shortened(error)}; it needs ${providers[name]}`;
  }
}

/** The same library with sessions on a provider; what that cannot do goes to the processor. */
export function onProvider(library: OnnxLibrary, name: string): OnnxLibrary {
  return {
    Tensor: library.Tensor,
    env: library.env,
    listSupportedBackends: library.listSupportedBackends,
    InferenceSession: {
      create: (model, settings) =>
        library.InferenceSession.create(model, { ...settings, executionProviders: [name, 'cpu'] }),
    },
  };
}

/** Of a GPU's arithmetic with fewer digits, and of values on the other side of a kink. */
export const tolerance = 0.02;

/**
 * Null where a provider's step changes running values as the processor's does, or in words what differs. Both trainers
 * are as they were before.
 */
export async function compareStep(
  own: OnnxTrainer,
  processor: OnnxTrainer,
  plan: TrainedPlan,
): Promise<string | null> {
  const batch = randomBatch(plan);
  const [actual, expected] = [await stepped(own, batch), await stepped(processor, batch)];
  if (!(Math.abs(actual.loss - expected.loss) <= tolerance * Math.abs(expected.loss))) {
    return `the loss of a step is ${actual.loss} instead of ${expected.loss}`;
  }
  let [apart, size] = [0, 0];
  for (const [name, { values }] of expected.optimizer) {
    const other = actual.optimizer.get(name)!.values;
    values.forEach((value, index) => {
      apart += (value - other[index]!) ** 2;
      size += value ** 2;
    });
  }
  const off = Math.sqrt(apart / Math.max(size, Number.MIN_VALUE));
  return off <= tolerance ? null : `the gradients of a step are off by ${off.toExponential(1)}`;
}

async function stepped(trainer: OnnxTrainer, batch: Batch) {
  const before = await trainer.snapshot();
  const [answer] = await trainer.steps([{ batch, learningRate: 1e-5 }]);
  const { optimizer } = await trainer.snapshot();
  await trainer.restore(before);
  return { loss: answer!.loss, optimizer };
}

function randomBatch({ network, loss, train: { batch } }: TrainedPlan): Batch {
  const wave = (shape: readonly number[]) =>
    Float32Array.from(
      { length: shape.reduce((product, extent) => product * extent, batch) },
      (_, index) => (Math.sin(index * 12.9898) + 1) / 2,
    );
  const targets = network.heads.map(
    ({ name, node }) => [name, wave(network.nodes[node]!.shape).map(Math.round)] as const,
  );
  const random = {
    ids: Array.from({ length: batch }, (_, index) => String(index)),
    images: wave(network.input.shape),
    targets: Object.fromEntries(targets),
  };
  const sizeOf = (head: string) =>
    network.nodes[network.heads.find(({ name }) => name === head)!.node]!.shape;
  return withDistances(random, loss, sizeOf);
}

/** The first sentence of what the library says, without its own places. */
export function shortened(error: unknown): string {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  return line.replace(/^.* was false\. /, '').replace(/^\/onnxruntime_src\S+ \S+ /, '');
}
