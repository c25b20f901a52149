import type { OperationName } from './graph.ts';

/** Operations whose value at a place follows from the operand's at that place, statistics given: norms, activations, dropout. */
export const pixelwise: ReadonlySet<OperationName> = new Set([
  'batch_norm',
  'group_norm',
  'instance_norm',
  'relu',
  'leaky_relu',
  'elu',
  'layer_norm',
  'swish',
  'gelu',
  'stop_gradient',
  'sigmoid',
  'dropout',
]);
