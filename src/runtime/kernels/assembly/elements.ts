/** What looks at each number of a list by itself. */
import { loadSome, storeSome } from './registers';

/** What {@link gradeRelu} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Rectifying {
  /** The map before or behind the ReLU: both are positive at the same places. */
  x: usize;
  dy: usize;
  dx: usize;
  /** Numbers, and those of one item. */
  count: i32;
  block: i32;
}

/** One item: `dy` of one block where `x` is positive, 0 elsewhere. */
export function gradeRelu(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Rectifying>(args);
  const end = min(run.count, (item + 1) * run.block);
  for (let at = item * run.block; at < end; at += 4) {
    const offset = <usize>at << 2;
    const positive = f32x4.gt(loadSome(run.x + offset, end - at), f32x4.splat(0));
    storeSome(run.dx + offset, end - at, v128.and(loadSome(run.dy + offset, end - at), positive));
  }
}

/** What {@link addAll} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Adding {
  /** A list of addresses. */
  parts: usize;
  length: i32;
  to: usize;
  count: i32;
  block: i32;
}

/** One item: the sums of one block, from the first to the last part. */
export function addAll(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Adding>(args);
  const end = min(run.count, (item + 1) * run.block);
  for (let at = item * run.block; at < end; at += 4) {
    const offset = <usize>at << 2;
    let sum = loadSome(load<usize>(run.parts) + offset, end - at);
    for (let part = 1; part < run.length; part++) {
      sum = f32x4.add(sum, loadSome(load<usize>(run.parts + (<usize>part << 2)) + offset, end - at));
    }
    storeSome(run.to + offset, end - at, sum);
  }
}

/** What {@link descend} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Descending {
  rate: f32;
  decay: f32;
  epsilon: f32;
  block: i32;
  /** A list of {@link Weights}. */
  weights: usize;
}

@unmanaged
class Weights {
  /** The first item that belongs to the next weights. */
  end: i32;
  count: i32;
  weights: usize;
  /** The moving mean of the gradient's squares. */
  squares: usize;
  gradient: usize;
  nextWeights: usize;
  nextSquares: usize;
}

/** One item: RMSprop as in Keras, of one block: `a ← ρ·a + (1 − ρ)·g²`, `p ← p − rate · g / (√a + ε)`. */
export function descend(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Descending>(args);
  let weights = changetype<Weights>(run.weights);
  let first = 0;
  while (item >= weights.end) {
    first = weights.end;
    weights = changetype<Weights>(changetype<usize>(weights) + offsetof<Weights>());
  }
  const begin = (item - first) * run.block;
  const end = min(weights.count, begin + run.block);
  const rate = f32x4.splat(run.rate);
  const decay = f32x4.splat(run.decay);
  const rest = f32x4.splat(1 - run.decay);
  const epsilon = f32x4.splat(run.epsilon);
  for (let at = begin; at < end; at += 4) {
    const offset = <usize>at << 2;
    const lanes = end - at;
    const g = loadSome(weights.gradient + offset, lanes);
    const before = f32x4.mul(decay, loadSome(weights.squares + offset, lanes));
    const squares = f32x4.add(before, f32x4.mul(rest, f32x4.mul(g, g)));
    storeSome(weights.nextSquares + offset, lanes, squares);
    const step = f32x4.div(f32x4.mul(rate, g), f32x4.add(f32x4.sqrt(squares), epsilon));
    storeSome(weights.nextWeights + offset, lanes, f32x4.sub(loadSome(weights.weights + offset, lanes), step));
  }
}
