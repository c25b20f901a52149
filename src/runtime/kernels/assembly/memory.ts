/** What {@link clear} works on; the fields in the order in which the caller writes them. */
@unmanaged
class Clearing {
  to: usize;
  /** Numbers. */
  count: i32;
}

/** One item: all of it. Writes zeros. */
export function clear(args: usize, item: i32, scratch: usize): void {
  const run = changetype<Clearing>(args);
  memory.fill(run.to, 0, <usize>run.count << 2);
}
