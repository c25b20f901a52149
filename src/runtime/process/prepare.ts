import {
  type Bag,
  type Diagnostic,
  graphOfPlan,
  memory,
  type RunPlan,
  trainedSlots,
} from '../../compiler/index.ts';
import { type FoldSource, openFold } from '../data/batches/source.ts';
import type { Backend } from '../engines/backend.ts';
import { openBackend } from '../engines/choice/backend.ts';
import type { Trainer } from '../engines/trainer.ts';
import { cacheFolderOf, locatedPlan } from '../runs/record/located.ts';
import type { Run } from '../runs/record/store.ts';
import { nowhere } from '../storage/problems.ts';
import { openRunData, type RunData } from './run-data.ts';

/** A run's network on an engine, without any data. */
export interface Network {
  readonly plan: RunPlan;
  readonly backend: Backend;
  /** The network with its initial weights. */
  readonly trainer: Trainer;
  /** One more of it: an ensemble has one for each fold. */
  another(): Promise<Trainer>;
}

/** What training and evaluating a run's folds need alike. */
export interface Prepared extends Network {
  /** The digest of the run's data; null where nothing is known of it. */
  readonly data: string | null;
  fold(fold: number): FoldSource;
}

/**
 * Opens the backend and the data of a run, which are held to its record. Images were looked at when the run was made; here
 * the manifest is read, and what changed since.
 * Null when there are errors.
 * @param backend the backend asked for; null takes the one that the run was made with
 * @param known its data, where they were looked at already
 */
export async function prepare(
  run: Run,
  bag: Bag,
  backend: string | null,
  known: RunData | null = null,
): Promise<Prepared | null> {
  const network = await openNetwork(run, bag, backend);
  if (network === null) return null;
  const data = known ?? openRunData(run, bag);
  if (data === null) {
    await network.trainer.dispose();
    return null;
  }
  return {
    ...network,
    data: data.digest,
    fold: (fold) => openFold(network.plan, data.dataset, fold, { cacheFolder: cacheFolderOf(run.folder) }),
  };
}

/** Opens the backend of a run. Null when there is none. */
export async function openNetwork(run: Run, bag: Bag, backend: string | null): Promise<Network | null> {
  const plan = locatedPlan(run);
  const answer = await openBackend({ name: backend ?? run.record.backend ?? undefined });
  for (const item of answer.diagnostics) bag.add(item);
  if (answer.backend === null) return null;
  const made = await firstTrainer(plan, answer.backend, bag);
  if (made !== null) warnOfMemory(plan, made.backend, bag);
  return made && { plan, ...made };
}

/** The run's network on a backend; on wasm where ONNX Runtime cannot take it. */
async function firstTrainer(
  plan: RunPlan,
  backend: Backend,
  bag: Bag,
): Promise<Omit<Network, 'plan'> | null> {
  const { network } = plan;
  const another = () => backend.trainer(plan);
  try {
    return { backend, trainer: await another(), another };
  } catch (error) {
    if (!backend.compiles) throw error;
    const reason = (error as Error).message.split('\n')[0]!;
    bag.report('onnxUnsuited', {
      at: nowhere(plan.source),
      arguments: { network: network.network, reason },
    });
    const answer = await openBackend({ name: 'wasm' });
    for (const item of answer.diagnostics) bag.add(item);
    return answer.backend && firstTrainer(plan, answer.backend, bag);
  }
}

/** Only compiled steps are made to fit; the others are told of where even the least that they take is too much. */
function warnOfMemory({ source, network, train }: RunPlan, { compiles, name }: Backend, bag: Bag): void {
  if (train.memory == null || compiles) return;
  const slots = trainedSlots(train).length;
  const least = memory(graphOfPlan(network), train.batch, slots).training.bytes / 1e6;
  if (least <= train.memory) return;
  const amount = (megabytes: number) => `${Math.ceil(megabytes)} MB`;
  bag.report('memoryIgnored', {
    at: nowhere(source),
    arguments: { budget: amount(train.memory), engine: name, least: amount(least) },
    help: [{ message: 'train with `--backend onnx`' }],
  });
}

/** Whether a finding ends the work. */
export function isError({ severity }: Diagnostic): boolean {
  return severity === 'error';
}
