import type { RunEvent } from './events.ts';

/** By the token of a lock: the number of the last line under it that was read. */
export type LinesRead = Readonly<Record<string, number>>;

/** Which lines were read of those that processes wrote, each under a token of its own, with numbers from 1 on. */
export class LineSequence {
  readonly #last: Map<string, number>;
  /** Damaged lines, each of which may be one that is missed. */
  #unread: number;

  constructor(last: LinesRead, unread: number) {
    this.#last = new Map(Object.entries(last));
    this.#unread = unread;
  }

  get last(): LinesRead {
    return Object.fromEntries(this.#last);
  }

  get unread(): number {
    return this.#unread;
  }

  /** A line whose event nobody knows. */
  pass(): void {
    this.#unread += 1;
  }

  /** Takes a line that follows the last one under its token, and no other. */
  follow(lease: string, nth: number): boolean {
    if (nth !== (this.#last.get(lease) ?? 0) + 1) return false;
    this.#last.set(lease, nth);
    return true;
  }

  /** How many lines are gone before an event; null for one that was read before. */
  missedBefore({ lease, nth }: RunEvent): number | null {
    if (lease === undefined || nth === undefined) return 0;
    const last = this.#last.get(lease) ?? 0;
    if (nth <= last) return null;
    this.#last.set(lease, nth);
    const gap = nth - last - 1;
    const explained = Math.min(gap, this.#unread);
    this.#unread -= explained;
    return gap - explained;
  }
}
