import { initialWeights } from '../../compiler/index.ts';
import type { Backend } from './choice/backend.ts';
import { createTrainer, type TrainedPlan, type Trainer } from './tf/training/trainer.ts';

/** A network with its initial weights on an engine. Rejects where the engine cannot do what the plan wants. */
export async function openTrainer(backend: Backend, plan: TrainedPlan): Promise<Trainer> {
  if (backend.onnx !== undefined) return backend.onnx.trainer(plan);
  const weights = plan.network.layers.flatMap((layer) => layer.weights);
  return createTrainer(plan, initialWeights(weights, plan.train.seed));
}
