/**
 * Batch norm of a map `[pixels, channels]`: its statistics, its result, and its gradients, each with an optional ReLU
 * behind it. Sums are taken over blocks of pixels and then added in double precision in the blocks' order.
 */
import { loadSome, storeSome } from './registers';

/** What {@link measure} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Measuring {
  x: usize;
  /** `[blocks, 2, channels]`: means and sums of squared distances from them. */
  moments: usize;
  pixels: i32;
  channels: i32;
  /** Pixels of a block. */
  block: i32;
}

/** One item: the moments of one block. */
export function measure(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Measuring>(args);
  const pixelBytes = <usize>run.channels << 2;
  const begin = item * run.block;
  const count = min(run.block, run.pixels - begin);
  const share = f32x4.splat(1 / <f32>count);
  for (let channel = 0; channel < run.channels; channel += 4) {
    const lanes = run.channels - channel;
    const from = run.x + <usize>begin * pixelBytes + (<usize>channel << 2);
    const end = from + <usize>count * pixelBytes;
    let sum = f32x4.splat(0);
    for (let read = from; read < end; read += pixelBytes) sum = f32x4.add(sum, loadSome(read, lanes));
    const mean = f32x4.mul(sum, share);
    let squares = f32x4.splat(0);
    for (let read = from; read < end; read += pixelBytes) {
      const distance = f32x4.sub(loadSome(read, lanes), mean);
      squares = f32x4.add(squares, f32x4.mul(distance, distance));
    }
    const to = run.moments + <usize>(item * 2) * pixelBytes + (<usize>channel << 2);
    storeSome(to, lanes, mean);
    storeSome(to + pixelBytes, lanes, squares);
  }
}

/** What {@link combineMoments} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Combining {
  moments: usize;
  /** `[channels]` each, the variance with n below. */
  mean: usize;
  variance: usize;
  pixels: i32;
  channels: i32;
  block: i32;
}

/** One item: 8 channels. Pairwise by Chan, Golub and LeVeque 1979. */
export function combineMoments(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Combining>(args);
  const channelBytes = <usize>run.channels << 2;
  const end = min(run.channels, (item + 1) << 3);
  for (let channel = item << 3; channel < end; channel++) {
    let read = run.moments + (<usize>channel << 2);
    let mean: f64 = 0;
    let squares: f64 = 0;
    for (let begin = 0; begin < run.pixels; begin += run.block, read += channelBytes << 1) {
      const before = <f64>begin;
      const count = <f64>min(run.block, run.pixels - begin);
      const step = <f64>load<f32>(read) - mean;
      mean += (step * count) / (before + count);
      squares += <f64>load<f32>(read + channelBytes) + (step * step * before * count) / (before + count);
    }
    store<f32>(run.mean + (<usize>channel << 2), <f32>mean);
    store<f32>(run.variance + (<usize>channel << 2), <f32>(squares / <f64>run.pixels));
  }
}

/** What {@link normalise} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Normalising {
  x: usize;
  /** `[channels]` each. */
  gamma: usize;
  beta: usize;
  mean: usize;
  variance: usize;
  epsilon: f32;
  rectify: i32;
  pixels: i32;
  channels: i32;
  block: i32;
  y: usize;
}

/** One item: `gamma · (x − mean) / √(variance + epsilon) + beta` of one block. */
export function normalise(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Normalising>(args);
  const bytes = <usize>run.channels << 2;
  writeScales(run.gamma, run.variance, run.epsilon, run.channels, scratch);
  const begin = item * run.block;
  const end = min(run.pixels, begin + run.block);
  const floor = f32x4.splat(run.rectify ? 0 : -Infinity);
  let x = run.x + <usize>begin * bytes;
  let y = run.y + <usize>begin * bytes;
  for (let pixel = begin; pixel < end; pixel++, x += bytes, y += bytes) {
    for (let channel: usize = 0; channel < bytes; channel += 16) {
      const lanes = <i32>(bytes - channel) >> 2;
      const centred = f32x4.sub(loadSome(x + channel, lanes), loadSome(run.mean + channel, lanes));
      const scaled = f32x4.mul(centred, loadSome(scratch + channel, lanes));
      storeSome(y + channel, lanes, f32x4.max(f32x4.add(scaled, loadSome(run.beta + channel, lanes)), floor));
    }
  }
}

/** `gamma / √(variance + epsilon)`, `[channels]`. */
function writeScales(gamma: usize, variance: usize, epsilon: f32, channels: i32, to: usize): void {
  for (let channel = 0; channel < channels; channel++) {
    const offset = <usize>channel << 2;
    store<f32>(to + offset, load<f32>(gamma + offset) / sqrt<f32>(load<f32>(variance + offset) + epsilon));
  }
}

/** What the gradients work on; the fields in the order in which the caller writes them. */
@unmanaged
class Grading {
  x: usize;
  /** `[channels]` each. */
  gamma: usize;
  beta: usize;
  mean: usize;
  variance: usize;
  epsilon: f32;
  rectify: i32;
  pixels: i32;
  channels: i32;
  block: i32;
  dy: usize;
  /** `[blocks, 2, channels]`: sums of g, the gradient behind the ReLU, and of g · (x − mean). */
  sums: usize;
  /** `[2, channels]`: the mean of g, and that of g · (x − mean) over the variance. */
  means: usize;
  dgamma: usize;
  dbeta: usize;
  dx: usize;
}

/** One item: the sums of one block. */
export function sumGradients(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Grading>(args);
  const bytes = <usize>run.channels << 2;
  writeScales(run.gamma, run.variance, run.epsilon, run.channels, scratch);
  const begin = item * run.block;
  const count = min(run.block, run.pixels - begin);
  const from = run.x + <usize>begin * bytes;
  const gradient = run.dy - run.x;
  for (let channel: usize = 0; channel < bytes; channel += 16) {
    const lanes = <i32>(bytes - channel) >> 2;
    const mean = loadSome(run.mean + channel, lanes);
    const scale = loadSome(scratch + channel, lanes);
    const beta = loadSome(run.beta + channel, lanes);
    let plain = f32x4.splat(0);
    let products = plain;
    const end = from + <usize>count * bytes + channel;
    for (let read = from + channel; read < end; read += bytes) {
      const centred = f32x4.sub(loadSome(read, lanes), mean);
      let g = loadSome(read + gradient, lanes);
      if (run.rectify) g = v128.and(g, isPositive(centred, scale, beta));
      plain = f32x4.add(plain, g);
      products = f32x4.add(products, f32x4.mul(g, centred));
    }
    const to = run.sums + <usize>(item * 2) * bytes + channel;
    storeSome(to, lanes, plain);
    storeSome(to + bytes, lanes, products);
  }
}

/** Whether the normalised value got through the ReLU: computed as {@link normalise} computes it, so the same. */
@inline
function isPositive(centred: v128, scale: v128, beta: v128): v128 {
  return f32x4.gt(f32x4.add(f32x4.mul(centred, scale), beta), f32x4.splat(0));
}

/** One item: 8 channels. */
export function combineGradients(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Grading>(args);
  const bytes = <usize>run.channels << 2;
  const end = min(run.channels, (item + 1) << 3);
  for (let channel = item << 3; channel < end; channel++) {
    const offset = <usize>channel << 2;
    let read = run.sums + offset;
    let plain: f64 = 0;
    let products: f64 = 0;
    for (let begin = 0; begin < run.pixels; begin += run.block, read += bytes << 1) {
      plain += <f64>load<f32>(read);
      products += <f64>load<f32>(read + bytes);
    }
    const variance = <f64>load<f32>(run.variance + offset) + <f64>run.epsilon;
    store<f32>(run.dbeta + offset, <f32>plain);
    store<f32>(run.dgamma + offset, <f32>(products / sqrt<f64>(variance)));
    store<f32>(run.means + offset, <f32>(plain / <f64>run.pixels));
    store<f32>(run.means + bytes + offset, <f32>(products / <f64>run.pixels / variance));
  }
}

/** One item: the gradient of one block, `scale · (g − mean(g) − (x − mean) · mean(g · (x − mean)) / variance)`. */
export function spreadGradients(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Grading>(args);
  const bytes = <usize>run.channels << 2;
  writeScales(run.gamma, run.variance, run.epsilon, run.channels, scratch);
  const begin = item * run.block;
  const end = min(run.pixels, begin + run.block);
  let x = run.x + <usize>begin * bytes;
  let dy = run.dy + <usize>begin * bytes;
  let dx = run.dx + <usize>begin * bytes;
  for (let pixel = begin; pixel < end; pixel++, x += bytes, dy += bytes, dx += bytes) {
    for (let channel: usize = 0; channel < bytes; channel += 16) {
      const lanes = <i32>(bytes - channel) >> 2;
      const centred = f32x4.sub(loadSome(x + channel, lanes), loadSome(run.mean + channel, lanes));
      const scale = loadSome(scratch + channel, lanes);
      let g = loadSome(dy + channel, lanes);
      if (run.rectify) g = v128.and(g, isPositive(centred, scale, loadSome(run.beta + channel, lanes)));
      const slope = f32x4.mul(centred, loadSome(run.means + bytes + channel, lanes));
      const rest = f32x4.sub(f32x4.sub(g, loadSome(run.means + channel, lanes)), slope);
      storeSome(dx + channel, lanes, f32x4.mul(rest, scale));
    }
  }
}
