import * as tf from '@tensorflow/tfjs-core';
import { primitives } from '../primitives.ts';

/** One recorded operation, as the engine keeps it. */
interface TapeNode {
  readonly inputs: Readonly<Record<string, tf.Tensor>>;
  readonly outputs: readonly tf.Tensor[];
  readonly saved: readonly tf.Tensor[];
  readonly gradient?: (dys: readonly (tf.Tensor | null)[]) => Readonly<Record<string, () => tf.Tensor>>;
}

/** The engine's recording, which its own `gradients` also uses. Private to the engine, so TensorFlow.js is pinned. */
interface Recorder {
  startTape(): void;
  endTape(): void;
  readonly state: { activeTape: TapeNode[] | null; gradientDepth: number };
}

/** The result of a computation and the gradients of its loss. The caller disposes both. */
export interface Differentiated<R> {
  readonly result: R;
  /** In the order of the variables; null where the loss does not depend on one. */
  readonly gradients: readonly (tf.Tensor | null)[];
}

/**
 * Runs `compute` and then the recorded operations backward. As `tf.variableGrads` does, but every map is let go as soon
 * as the way back has passed it, where TensorFlow.js keeps all maps and all their gradients until the end: half the
 * memory on the networks of the paper.
 *
 * @param compute Gives a scalar loss and what else is wanted; runs once.
 */
export function differentiate<R extends { readonly loss: tf.Tensor }>(
  compute: () => R,
  variables: readonly tf.Variable[],
): Differentiated<R> {
  const recorder = tf.engine() as unknown as Recorder;
  const scope = tf.tidy(() => {
    recorder.startTape();
    let tape: TapeNode[];
    let result: R;
    try {
      result = compute();
      tape = recorder.state.activeTape!;
    } finally {
      recorder.endTape();
      recorder.state.activeTape = null;
    }
    const kept = new Set(tensorsOf(result).map(({ id }) => id));
    const gradients = backward(tape, result.loss, variables, kept);
    return { result, gradients } as unknown as tf.TensorContainerObject;
  });
  return scope as unknown as Differentiated<R>;
}

function backward(
  tape: readonly TapeNode[],
  loss: tf.Tensor,
  variables: readonly tf.Variable[],
  kept: ReadonlySet<number>,
): (tf.Tensor | null)[] {
  // Tensors that depend on a variable.
  const depends = new Set(variables.map(({ id }) => id));
  for (const { inputs, outputs } of tape) {
    if (Object.values(inputs).some(({ id }) => depends.has(id)))
      for (const { id } of outputs) depends.add(id);
  }
  const gradients = new Map<number, tf.Tensor>([[loss.id, tf.onesLike(loss)]]);
  for (const node of tape.toReversed()) {
    const dys = node.outputs.map(({ id }) => gradients.get(id) ?? null);
    if (dys.some((dy) => dy !== null)) {
      if (node.gradient === undefined) throw new Error('an operation of the network has no gradient');
      tf.tidy(() => {
        const toInputs = node.gradient!(dys);
        for (const [name, { id }] of Object.entries(node.inputs)) {
          if (!depends.has(id)) continue;
          const dx = toInputs[name]!();
          const before = gradients.get(id);
          gradients.set(id, tf.keep(before === undefined ? tf.clone(dx) : primitives().sum([before, dx])));
          before?.dispose();
        }
      });
    }
    for (const { id } of node.outputs) {
      gradients.get(id)?.dispose();
      gradients.delete(id);
    }
    for (const tensor of node.saved) tensor.dispose();
    for (const tensor of node.outputs) if (!kept.has(tensor.id)) tensor.dispose();
  }
  return variables.map(({ id }) => gradients.get(id) ?? null);
}

function tensorsOf(container: object): tf.Tensor[] {
  return Object.values(container).flatMap((value: unknown) => {
    if (value instanceof tf.Tensor) return [value];
    return typeof value === 'object' && value !== null ? tensorsOf(value) : [];
  });
}
