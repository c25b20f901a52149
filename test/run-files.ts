// The process that runs test files for run.ts: one at a time, as they are sent.
import { pathToFileURL } from 'node:url';

/** What stands behind the output of a file. */
export const endOfFile = '\u0000';

interface TestFile {
  readonly name: string;
  readonly file: string;
}

const scope = globalThis as unknown as { UVU_DEFER: number; UVU_INDEX: number; UVU_QUEUE: unknown[][] };

if (process.send !== undefined) {
  scope.UVU_DEFER = 1; // must be set before `uvu` is first imported
  const { exec } = await import('uvu');
  process.on('message', async ({ name, file }: TestFile) => {
    scope.UVU_INDEX = 0;
    scope.UVU_QUEUE.splice(0, scope.UVU_QUEUE.length, [name]);
    await import(pathToFileURL(file).href);
    await exec();
    process.stdout.write(endOfFile);
  });
  process.once('disconnect', () => process.exit());
}
