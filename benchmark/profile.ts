import * as tf from '@tensorflow/tfjs-core';
import type { Axes } from '../src/runtime/engines/tf/operations/window.ts';
import { openedEngine, type Primitives, registerEngine } from '../src/runtime/engines/tf/primitives.ts';
import type { Answers, ProfileLine } from './protocol.ts';

/** What one kind of call on one kind of shape has taken. */
interface Account extends Omit<ProfileLine, 'operations'> {
  calls: number;
  milliseconds: number;
  operations: number | null;
}

/**
 * Where the time of some work on a TensorFlow.js engine goes: by primitive and by other kernel, with their shapes. Times
 * are a call's own, without those of the calls within it, so that they add up; what is missing from the total is spent
 * outside of kernels.
 */
export async function profile(times: number, work: () => Promise<void>): Promise<Answers['profile']> {
  const accounts = new Map<string, Account>();
  // Milliseconds that calls within the ones that are open have taken.
  const open: number[] = [];
  const account = <T>(operation: string, shape: string, operations: number | null, run: () => T): T => {
    open.push(0);
    const begin = performance.now();
    try {
      return run();
    } finally {
      const taken = performance.now() - begin;
      const within = open.pop()!;
      if (open.length > 0) open[open.length - 1]! += taken;
      const key = `${operation} ${shape}`;
      const line = accounts.get(key) ?? { operation, shape, calls: 0, milliseconds: 0, operations: null };
      line.calls += 1 / times;
      line.milliseconds += (taken - within) / times;
      if (operations !== null) line.operations = (line.operations ?? 0) + operations / times;
      accounts.set(key, line);
    }
  };

  const engine = tf.engine() as unknown as { runKernel(...values: unknown[]): unknown };
  const runKernel = engine.runKernel.bind(engine);
  const usual = openedEngine();
  registerEngine(tf.getBackend(), { ...usual, primitives: accounted(usual.primitives, account) });
  engine.runKernel = (name, inputs, ...rest) =>
    account(`kernel ${name}`, describe(Object.values(inputs as object)), null, () =>
      runKernel(name, inputs, ...rest),
    );
  const begin = performance.now();
  try {
    for (let run = 0; run < times; run++) await work();
  } finally {
    registerEngine(tf.getBackend(), usual);
    Reflect.deleteProperty(engine, 'runKernel');
  }
  const total = (performance.now() - begin) / times;
  const lines = [...accounts.values()].sort((a, b) => b.milliseconds - a.milliseconds);
  return { total, lines };
}

function accounted(
  usual: Primitives,
  account: <T>(operation: string, shape: string, operations: number | null, run: () => T) => T,
): Primitives {
  const wrapped = Object.entries(usual).map(([name, run]) => [
    name,
    (...values: unknown[]) =>
      account(name, describe(values), operationsOf(name, values), () =>
        (run as (...values: unknown[]) => unknown)(...values),
      ),
  ]);
  return Object.fromEntries(wrapped) as unknown as Primitives;
}

/** Multiplications and additions of a convolution; taps that read beyond the map count. */
function operationsOf(name: string, values: readonly unknown[]): number | null {
  const [first, second, axes] = values as [tf.Tensor, tf.Tensor, Axes];
  if (name === 'slide') return 2 * first.shape[0]! * axes[0].output * axes[1].output * second.size;
  if (name === 'spread') return (2 * first.size * second.size) / second.shape[3]!;
  if (name === 'correlate') {
    return 2 * second.size * axes[0].kernel * axes[1].kernel * first.shape[3]!;
  }
  return null;
}

function describe(values: readonly unknown[]): string {
  return values.map(describeOne).filter(Boolean).join(' ');
}

function describeOne(value: unknown): string {
  if (value instanceof tf.Tensor) return value.shape.join('×');
  if (isAxes(value)) {
    const [{ kernel, rate, stride }, other] = value;
    return `${kernel}×${other.kernel}${rate > 1 ? ` rate ${rate}` : ''}${stride > 1 ? ` stride ${stride}` : ''}`;
  }
  if (Array.isArray(value)) return value.length > 4 ? `${value.length} of them` : describe(value);
  return '';
}

function isAxes(value: unknown): value is Axes {
  return Array.isArray(value) && value.length === 2 && typeof value[0] === 'object' && 'stride' in value[0];
}
