/** How long a measurement has taken and may take: a line after each part, and its end where time is up. */
export class Pace {
  readonly #begin = performance.now();
  readonly #limitMs: number;

  /** @param minutes After which no further round begins; null without a limit. */
  constructor(minutes: number | null) {
    this.#limitMs = minutes === null ? Number.POSITIVE_INFINITY : minutes * 60_000;
  }

  /** Whether another part of about the same length still fits. */
  allows(done: number): boolean {
    const taken = performance.now() - this.#begin;
    return taken + (done === 0 ? 0 : taken / done) <= this.#limitMs;
  }

  /** `2:10 left`: what the parts that are left take if they go on like those that are done. */
  left(done: number, all: number): string {
    const taken = performance.now() - this.#begin;
    const seconds = Math.round(Math.min((taken / done) * (all - done), this.#limitMs - taken) / 1000);
    return `about ${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`;
  }
}
