import type { OperationName } from './graph.ts';

/** Whether an operation makes probabilities of logits, as the last operation of a head does. */
export function makesProbabilities(op: OperationName | undefined): op is 'sigmoid' | 'softmax' {
  return op === 'sigmoid' || op === 'softmax';
}
