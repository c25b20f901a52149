/**
 * The words through which threads share a job: a kernel's items, each run once by whichever thread takes it next.
 * Words that change often keep apart, so that they do not travel between cores together.
 */
export const word = {
  /** The job in the upper half, its next item in the lower. */
  ticket: 0,
  /** Items that are through. */
  done: 16,
  items: 32,
  kernel: 33,
  arguments: 34,
  scratch: 35,
  /** Bytes of scratch per thread. */
  share: 36,
  /** Threads that sleep on the ticket. */
  sleepers: 48,
  /** Whether the caller sleeps on the items that are through. */
  awaited: 49,
  /** Whether a kernel failed. */
  failed: 50,
} as const;

/** Words of the control block. */
export const controlSize = 64;

/** The most items of a job. The number above closes a ticket: no item can be taken. */
export const maxItems = 0xffff;

/** Runs one item: the address of the kernel's arguments, the item, the address of this thread's scratch memory. */
export type Kernel = (address: number, item: number, scratch: number) => void;

/** Takes items of the current job, if there is one, until none is left. */
export function takeItems(control: Int32Array, kernels: readonly Kernel[], thread: number): void {
  for (;;) {
    const ticket = Atomics.load(control, word.ticket);
    const item = ticket & maxItems;
    if (item >= control[word.items]!) return;
    const kernel = kernels[control[word.kernel]!]!;
    const address = control[word.arguments]!;
    const scratch = (control[word.scratch]! >>> 0) + thread * control[word.share]!;
    // What was just read belongs to the ticket only if the ticket is still there.
    if (Atomics.compareExchange(control, word.ticket, ticket, ticket + 1) !== ticket) continue;
    try {
      kernel(address, item, scratch);
    } catch {
      Atomics.store(control, word.failed, 1);
    }
    Atomics.add(control, word.done, 1);
    if (Atomics.load(control, word.awaited) === 1) Atomics.notify(control, word.done);
  }
}
