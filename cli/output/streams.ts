import { cleanText } from '../../src/compiler/index.ts';

/**
 * The only places where text leaves cmrnet for a terminal or a pipe: what a file may have smuggled into a name, a label or a
 * note is cleaned here.
 */
export function writeOut(text: string, options: { readonly coloured?: boolean } = {}): void {
  process.stdout.write(cleanText(text, options));
}

/** The same for news and findings, on standard error. */
export function writeError(text: string, options: { readonly coloured?: boolean } = {}): void {
  process.stderr.write(cleanText(text, options));
}

let closed = false;

/** Whether the reader of standard output, such as `head`, has seen enough: nobody hears what is said from now on. */
export function isReaderGone(): boolean {
  return closed;
}

/**
 * Listens to what happens to the process's streams. A reader that is gone is no failure, and a command goes on to its own
 * exit code; nor is a terminal that was closed, which sends a signal of its own.
 * @param unwritable what to do about anything else, such as a disk that is full
 */
export function watchStreams(unwritable: (name: string, error: NodeJS.ErrnoException) => void): void {
  for (const [name, stream] of [
    ['standard output', process.stdout],
    ['standard error', process.stderr],
  ] as const) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') closed ||= stream === process.stdout;
      else if (error.code !== 'EIO') unwritable(name, error);
    });
  }
}
