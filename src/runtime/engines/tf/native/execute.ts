import * as tf from '@tensorflow/tfjs-core';

/** An attribute of a TensorFlow kernel, as its binding takes it. */
interface KernelAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: unknown;
}

/** What we use of the backend that binds TensorFlow's library. It gives tensors that the engine tracks. */
interface NativeBackend {
  readonly isUsingGpuDevice: boolean;
  readonly binding: Readonly<Record<AttributeType | 'TF_FLOAT' | 'TF_INT32', number>>;
  executeSingleOutput(name: string, attributes: readonly KernelAttribute[], inputs: tf.Tensor[]): tf.Tensor;
  executeMultipleOutputs(
    name: string,
    attributes: readonly KernelAttribute[],
    inputs: tf.Tensor[],
    count: number,
  ): tf.Tensor[];
}

type AttributeType = `TF_ATTR_${'INT' | 'FLOAT' | 'BOOL' | 'STRING' | 'TYPE' | 'SHAPE'}`;

/** The value of an attribute. JavaScript has one kind of number and TensorFlow two, so those say which they are. */
export type AttributeValue =
  | string
  | boolean
  | { readonly int: number | readonly number[] }
  | { readonly float: number }
  | { readonly type: 'float32' | 'int32' }
  | { readonly shape: readonly number[] };

export type KernelAttributes = Readonly<Record<string, AttributeValue>>;

/** The element type of all maps and weights. */
export const real = { type: 'float32' } as const;

/** The type of shapes and positions. */
export const integer = { type: 'int32' } as const;

/** Runs a kernel of TensorFlow's own that gives one tensor. */
export function execute(
  name: string,
  inputs: readonly tf.Tensor[],
  attributes: KernelAttributes = { T: real },
): tf.Tensor {
  return backend().executeSingleOutput(name, written(attributes), [...inputs]);
}

/** Runs a kernel of TensorFlow's own that gives several tensors. */
export function executeAll(
  name: string,
  inputs: readonly tf.Tensor[],
  attributes: KernelAttributes,
  count: number,
): tf.Tensor[] {
  return backend().executeMultipleOutputs(name, written(attributes), [...inputs], count);
}

/** Whether the kernels run on a GPU, whose batch norm keeps other facts for its gradient. */
export function onGpu(): boolean {
  return backend().isUsingGpuDevice;
}

/** A shape or list of axes as kernels read it. Not the caller's to free. */
export function shapeTensor(shape: readonly number[]): tf.Tensor {
  return constant(shape.join(), () => tf.tensor1d([...shape], 'int32'));
}

/** An axis as kernels read it. Not the caller's to free. */
export function axisTensor(axis: number): tf.Tensor {
  return constant(`axis ${axis}`, () => tf.scalar(axis, 'int32'));
}

/** A constant of a network's shapes, made once: handing one over takes as long as a small kernel. */
function constant(key: string, make: () => tf.Tensor): tf.Tensor {
  const existing = constants.get(key);
  if (existing !== undefined) return existing;
  const made = tf.keep(make());
  constants.set(key, made);
  return made;
}

const constants = new Map<string, tf.Tensor>();

function backend(): NativeBackend {
  return tf.backend() as unknown as NativeBackend;
}

function written(attributes: KernelAttributes): KernelAttribute[] {
  const { binding } = backend();
  return Object.entries(attributes).map(([name, value]) => {
    if (typeof value === 'string') return { name, type: binding.TF_ATTR_STRING, value };
    if (typeof value === 'boolean') return { name, type: binding.TF_ATTR_BOOL, value };
    if ('int' in value) return { name, type: binding.TF_ATTR_INT, value: value.int };
    if ('float' in value) return { name, type: binding.TF_ATTR_FLOAT, value: value.float };
    if ('shape' in value) return { name, type: binding.TF_ATTR_SHAPE, value: value.shape };
    const type = value.type === 'float32' ? binding.TF_FLOAT : binding.TF_INT32;
    return { name, type: binding.TF_ATTR_TYPE, value: type };
  });
}
