import { PicturesThread } from '../../../src/runtime/index.ts';
import type { Effect } from '../session/effects.ts';
import type { Message } from '../session/messages.ts';

type Wish = Extract<Effect, { kind: 'picture' }>;

/** What reads the pictures of one run. */
export type PictureReader = Pick<PicturesThread, 'read' | 'end'>;

/**
 * Reads pictures that somebody looks at, of one run at a time. While one is read others may be asked for: the last of them
 * counts, as whoever scrolls through hundreds sees only that.
 */
export class Pictures {
  readonly #send: (message: Message) => void;
  readonly #open: (folder: string) => PictureReader;
  #reader: { readonly folder: string; readonly of: PictureReader } | null = null;
  #next: Wish | null = null;
  #busy = false;

  constructor(
    send: (message: Message) => void,
    open: (folder: string) => PictureReader = (folder) => new PicturesThread(folder),
  ) {
    this.#send = send;
    this.#open = open;
  }

  ask(wish: Wish): void {
    this.#next = wish;
    if (!this.#busy) void this.#work();
  }

  end(): void {
    this.#reader?.of.end();
    this.#reader = null;
  }

  async #work(): Promise<void> {
    this.#busy = true;
    for (let wish = this.#take(); wish !== null; wish = this.#take()) {
      const { folder, wanted } = wish;
      if (this.#reader?.folder !== folder) {
        this.end();
        this.#reader = { folder, of: this.#open(folder) };
      }
      const reply = await this.#reader.of.read(wanted);
      this.#send({ kind: 'picture', folder, id: wanted.id, reply });
    }
    this.#busy = false;
  }

  #take(): Wish | null {
    const wish = this.#next;
    this.#next = null;
    return wish;
  }
}
