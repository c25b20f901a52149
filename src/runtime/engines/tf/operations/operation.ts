import * as tf from '@tensorflow/tfjs-core';

/** An operation that TensorFlow.js lacks, or for which it has no gradient, composed from operations that it has. */
export interface OperationDefinition<I extends string, O extends string, A> {
  /** Unique among all kernels. */
  readonly name: string;
  /** The inputs that the gradient reads. */
  readonly saves: readonly I[];
  /** The outputs, first the one that has a gradient; the others are facts beside it. */
  readonly outputs: readonly [O, ...O[]];
  /** The outputs that the gradient reads. */
  readonly savesOutputs?: readonly O[];
  forward(inputs: Readonly<Record<I, tf.Tensor>>, attributes: A): Readonly<Record<O, tf.Tensor>>;
  /**
   * From the gradient of the first output to those of the inputs. Each is computed only when asked for;
   * `saved` holds what `saves` and `savesOutputs` name.
   */
  gradient(
    dy: tf.Tensor,
    saved: Readonly<Record<I | O, tf.Tensor>>,
    attributes: A,
  ): Readonly<Record<I, () => tf.Tensor>>;
}

/** Registers an operation as a kernel with a gradient, as TensorFlow.js knows them, and gives the function that runs it. */
export function defineOperation<I extends string, O extends string, A>(
  definition: OperationDefinition<I, O, A>,
): (inputs: Readonly<Record<I, tf.Tensor>>, attributes: A) => Readonly<Record<O, tf.Tensor>> {
  const { name, saves, outputs, savesOutputs = [] } = definition;
  const named = (tensors: readonly tf.Tensor[], names: readonly string[]) =>
    Object.fromEntries(names.map((key, index) => [key, tensors[index]!]));

  tf.registerGradient({
    kernelName: name,
    inputsToSave: [...saves],
    outputsToSave: outputs.map((output) => savesOutputs.includes(output)),
    gradFunc: (dy, saved, attributes) => {
      const values = named(saved, [...saves, ...outputs.filter((output) => savesOutputs.includes(output))]);
      const gradients = definition.gradient(
        Array.isArray(dy) ? dy[0]! : dy,
        values as Record<I | O, tf.Tensor>,
        attributes as A,
      );
      return gradients as Record<I, () => tf.Tensor>;
    },
  });

  return (inputs, attributes) => {
    const backendName = tf.getBackend();
    if (tf.getKernel(name, backendName) === undefined) {
      tf.registerKernel({
        kernelName: name,
        backendName,
        kernelFunc: ({ inputs: given, attrs }) =>
          tf.tidy(() => {
            const results = definition.forward(given as Record<I, tf.Tensor>, attrs as A);
            return outputs.map((output) => results[output]);
          }),
      });
    }
    const results = tf.engine().runKernel<tf.Tensor[]>(name, { ...inputs }, attributes as tf.NamedAttrMap);
    return named(results, outputs) as Record<O, tf.Tensor>;
  };
}

/** Runs a stock kernel as it is, without the checks of its function in TensorFlow.js, which refuse rate and stride together. */
export function runStock(
  name: string,
  inputs: Readonly<Record<string, tf.Tensor>>,
  attributes: object,
): tf.Tensor {
  return tf.engine().runKernel<tf.Tensor>(name, { ...inputs }, attributes as tf.NamedAttrMap);
}
