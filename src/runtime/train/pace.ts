/** As long may steps asked for at once take: people who stop or pause a run wait for them. */
export const longestMs = 2000;

/** How many steps to ask for at once: as many as take about two seconds, and not more than the engine is faster with. */
export class Pace {
  readonly #most: number;
  #steps = 1;

  constructor(most: number) {
    this.#most = most;
  }

  get steps(): number {
    return this.#steps;
  }

  /** Says how many milliseconds a step has taken. */
  took(stepMs: number): void {
    this.#steps = Math.max(1, Math.min(this.#most, Math.floor(longestMs / stepMs)));
  }
}
