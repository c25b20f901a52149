/** Stores the first numbers of eight. */
export function storeSome(to: usize, count: i32, a: v128, b: v128): void {
  if (count >= 8) {
    v128.store(to, a);
    v128.store(to, b, 16);
    return;
  }
  if (count >= 4) {
    v128.store(to, a);
    to += 16;
    count -= 4;
    a = b;
  }
  if (count > 0) store<f32>(to, f32x4.extract_lane(a, 0));
  if (count > 1) store<f32>(to, f32x4.extract_lane(a, 1), 4);
  if (count > 2) store<f32>(to, f32x4.extract_lane(a, 2), 8);
}
