// Runs every *.test.ts(x) below test/ (or below the folder named on the command line). Fails when a file queues
// no suite (a forgotten `test.run()`) or when no file matches: uvu alone would exit 0 for both.
import { pathToFileURL } from 'node:url';
import { parse } from 'uvu/parse';

const scope = globalThis as unknown as { UVU_DEFER: number; UVU_INDEX: number; UVU_QUEUE: unknown[][] };
scope.UVU_DEFER = 1; // must be set before `uvu` is first imported
const { exec } = await import('uvu');

const { suites } = await parse(process.argv[2] ?? 'test', /\.test\.tsx?$/);
const silent: string[] = [];
for (const [index, suite] of suites.entries()) {
  scope.UVU_INDEX = index;
  scope.UVU_QUEUE.push([suite.name]);
  await import(pathToFileURL(suite.file).href);
  if (scope.UVU_QUEUE[index]?.length === 1) silent.push(suite.name);
}
await exec();
if (silent.length > 0 || suites.length === 0) {
  process.stderr.write(`no suite was run by: ${silent.join(', ') || 'any file'}\n`);
  process.exit(1);
}
process.exit();
