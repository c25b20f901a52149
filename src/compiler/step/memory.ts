import { elements } from '../ir/shape.ts';
import { lastUses } from './evaluate.ts';
import type { PrimitiveName, StepProgram, Value } from './program.ts';

/** Where the values of a program can lie, in bytes of 32-bit numbers, computed one after the other in the program's order. */
export interface StepMemory {
  /** Inputs: weights, running values, images, targets. They are the caller's. */
  readonly given: number;
  /** The most that computed values take at once: no order-preserving engine needs less. */
  readonly peak: number;
  /** The id of the value being computed when they take most. */
  readonly at: number;
  /** The size of one block that holds all computed values at {@link offsets}; the peak, or a little more. */
  readonly arena: number;
  /** The place of each value in the block; null for inputs and constants. Values that share a place are never alive together. */
  readonly offsets: readonly (number | null)[];
}

/** A piece of memory, taken from the computation of one value to that of another, both included. */
interface Buffer {
  readonly from: number;
  to: number;
  readonly bytes: number;
  offset: number;
}

/**
 * Plans a program's memory by liveness. A reshape lies where its operand lies, and what is computed value by value takes
 * the place of an operand that is read for the last time. Places are dealt out largest buffer first, each at the lowest
 * offset that is free for its whole life (Pisarchyk and Lee 2020, "greedy by size").
 */
export function stepMemory(program: StepProgram): StepMemory {
  const { given, buffers, owner } = buffersOf(program);
  return {
    given,
    ...peakOf(buffers, program.values.length),
    arena: place(buffers),
    offsets: owner.map((buffer) => buffer?.offset ?? null),
  };
}

/** What {@link stepMemory} says of a program without placing anything, for those who compare many. */
export function stepPeak(
  program: Pick<StepProgram, 'values' | 'outputs'>,
): Pick<StepMemory, 'given' | 'peak' | 'at'> {
  const { given, buffers } = buffersOf(program);
  return { given, ...peakOf(buffers, program.values.length) };
}

/** The pieces of memory that a program's values lie in, and which of them is each value's. */
function buffersOf(program: Pick<StepProgram, 'values' | 'outputs'>) {
  const last = lastUses(program);
  const buffers: Buffer[] = [];
  const owner: (Buffer | null)[] = [];
  let given = 0;
  for (const value of program.values) {
    const bytes = 4 * elements(value.shape);
    if (value.op === 'input') given += bytes;
    if (value.op === 'input' || value.op === 'constant') {
      owner.push(null);
      continue;
    }
    const shared = reused(value, bytes, owner);
    if (shared !== undefined) {
      shared.to = Math.max(shared.to, last[value.id]!);
      owner.push(shared);
      continue;
    }
    const buffer = { from: value.id, to: last[value.id]!, bytes, offset: 0 };
    buffers.push(buffer);
    owner.push(buffer);
  }
  return { given, buffers, owner };
}

/** What is computed value by value, and so can overwrite an operand. */
const valueByValue: ReadonlySet<PrimitiveName> = new Set([
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'minimum',
  'negate',
  'exp',
  'log',
  'sqrt',
  'sigmoid',
  'relu',
  'positive',
  'softplus',
  'erf',
  'stop_gradient',
  'affine',
]);

/** The buffer of an operand that the result can lie in. */
function reused(value: Value, bytes: number, owner: readonly (Buffer | null)[]): Buffer | undefined {
  const alias = value.op === 'reshape';
  if (!alias && !valueByValue.has(value.op)) return undefined;
  for (const id of value.operands) {
    const buffer = owner[id];
    if (buffer == null || buffer.bytes !== bytes) continue;
    if (alias || buffer.to === value.id) return buffer;
  }
  return undefined;
}

function peakOf(buffers: readonly Buffer[], count: number): { readonly peak: number; readonly at: number } {
  const change = new Float64Array(count + 2);
  for (const { from, to, bytes } of buffers) {
    change[from]! += bytes;
    change[to + 1]! -= bytes;
  }
  let alive = 0;
  let peak = 0;
  let at = 0;
  for (let id = 0; id < count; id++) {
    alive += change[id]!;
    if (alive > peak) [peak, at] = [alive, id];
  }
  return { peak, at };
}

/** Gives every buffer its place; returns the size of the whole. */
function place(buffers: readonly Buffer[]): number {
  const placed: Buffer[] = [];
  let size = 0;
  for (const buffer of [...buffers].sort((a, b) => b.bytes - a.bytes || a.from - b.from)) {
    let offset = 0;
    // `placed` is kept in the order of offsets.
    for (const other of placed) {
      if (other.to < buffer.from || buffer.to < other.from) continue;
      if (other.offset >= offset + buffer.bytes) break;
      offset = Math.max(offset, other.offset + other.bytes);
    }
    buffer.offset = offset;
    size = Math.max(size, offset + buffer.bytes);
    insert(placed, buffer);
  }
  return size;
}

function insert(placed: Buffer[], buffer: Buffer): void {
  let [low, high] = [0, placed.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (placed[middle]!.offset <= buffer.offset) low = middle + 1;
    else high = middle;
  }
  placed.splice(low, 0, buffer);
}
