/** Loads the first of four numbers; zeros stand for the others. */
@inline
export function loadSome(from: usize, count: i32): v128 {
  if (count >= 4) return v128.load(from);
  let four = v128.load32_zero(from);
  if (count > 1) four = v128.load32_lane(from, four, 1, 4);
  if (count > 2) four = v128.load32_lane(from, four, 2, 8);
  return four;
}

/** Stores the first of four numbers. */
@inline
export function storeSome(to: usize, count: i32, four: v128): void {
  if (count >= 4) {
    v128.store(to, four);
    return;
  }
  store<f32>(to, f32x4.extract_lane(four, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(four, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(four, 2), 8);
}

/** Stores the first of eight numbers. */
export function storeEight(to: usize, count: i32, a: v128, b: v128): void {
  storeSome(to, count, a);
  if (count > 4) storeSome(to + 16, count - 4, b);
}
