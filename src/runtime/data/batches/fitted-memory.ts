import type { Fitted, FittedKeep } from './fitted-store.ts';

/** How many bytes of fitted images are kept in memory; beyond that the oldest are made again when needed. */
const maxBytes = 2 ** 28;

/** Fitted images in memory, as many as there is room for: where no disk keeps them. */
export class FittedMemory implements FittedKeep {
  readonly #fitted = new Map<number, Fitted>();
  #bytes = 0;

  /** Half full: what is decoded besides what was asked for would soon push out what others still need. */
  get full(): boolean {
    return this.#bytes > maxBytes / 2;
  }

  has(index: number): boolean {
    return this.#fitted.has(index);
  }

  read(index: number): Fitted | null {
    return this.#fitted.get(index) ?? null;
  }

  write(index: number, fitted: Fitted): void {
    this.#fitted.set(index, fitted);
    this.#bytes += bytesOf(fitted);
    for (const [oldest, dropped] of this.#fitted) {
      if (this.#bytes <= maxBytes || oldest === index) break;
      this.#fitted.delete(oldest);
      this.#bytes -= bytesOf(dropped);
    }
  }
}

function bytesOf({ image, mask }: Fitted): number {
  return image.values.byteLength + (mask?.values.byteLength ?? 0);
}
