import { existsSync, statSync } from 'node:fs';
import { basename, dirname, extname, join } from 'node:path';
import { Bag, formatSource, SourceFile } from '../../../src/compiler/index.ts';
import {
  createFolders,
  fingerprintManifest,
  nowhere,
  recipeFor,
  systemProblem,
  writeAtomically,
} from '../../../src/runtime/index.ts';
import { fileSources, isReadable } from '../../environment/host.ts';
import { typedName, word } from '../../environment/typed-name.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { progressOf } from '../../output/progress.ts';
import { fail, report } from '../../output/report.ts';
import { columns } from '../../text/columns.ts';
import { firstSpec } from './first-spec.ts';
import { fittedSpec } from './fitted-spec.ts';

export interface InitOptions {
  readonly format?: 'text';
  /** A manifest whose images the spec is fitted to. */
  readonly for?: string;
}

/**
 * `cmrc init`: writes a spec that trains without data, or one that is fitted to a manifest, and says what to do with it.
 */
export async function init(output: Output, folder: string, options: InitOptions): Promise<ExitCode> {
  const bag = new Bag();
  const manifest = options.for;
  const path = join(
    folder,
    manifest === undefined ? 'heart.cmrnet' : `${basename(manifest, extname(manifest))}.cmrnet`,
  );
  if (existsSync(path)) {
    bag.report('fileExists', {
      at: nowhere(path),
      arguments: { path },
      help: [{ message: 'name another folder: `cmrc init FOLDER`' }],
    });
  } else if (existsSync(folder) && !statSync(folder).isDirectory()) {
    bag.report('fileExists', { at: nowhere(folder), arguments: { path: folder } });
  }
  if (bag.hasErrors) return fail(output, bag.sorted());
  const text = manifest === undefined ? firstSpec : await fitted(manifest, path, output, bag);
  if (text === null) return fail(output, bag.sorted(), fileSources);
  report(output, bag.sorted(), fileSources);
  try {
    createFolders(folder);
    writeAtomically(path, text);
  } catch (error) {
    return fail(output, [systemProblem(error, path)]);
  }
  for (const line of nextSteps(path, manifest)) output.print(line);
  return exit.fine;
}

/** Commands that work as printed, each with what it does. */
function nextSteps(path: string, manifest: string | undefined): readonly string[] {
  const { name, alias } = typedName();
  const file = word(path);
  const trained = manifest === undefined ? 'a few epochs on drawn hearts' : 'on your images';
  const steps = [
    ...(alias === null ? [] : [[`  ${alias}`, 'makes `cmrc` a command of this terminal']]),
    [`  ${name} check ${file}`, 'what the compiler has to say'],
    [`  ${name} summary ${file}`, 'layers, parameters, cost'],
    [`  ${name} train ${file}`, trained],
  ];
  return [`wrote ${path}`, '', ...columns(steps)];
}

/** The spec for a manifest; null when there is nothing in it to segment. */
async function fitted(manifest: string, path: string, output: Output, bag: Bag): Promise<string | null> {
  if (!isReadable(manifest, bag)) return null;
  const facts = await fingerprintManifest(manifest, bag, progressOf(output));
  if (facts === null) return null;
  const recipe = recipeFor(facts);
  if (recipe.structures.length === 0) {
    bag.report('manifestValue', {
      at: nowhere(manifest),
      arguments: { place: `\`${manifest}\``, problem: 'has no masks with structures to segment' },
      notes: ['each whole value of a mask above 0 is a structure, and there may be fifteen'],
      help: [{ message: `\`cmrc data fingerprint ${manifest}\` says what is there` }],
    });
    return null;
  }
  const spec = new SourceFile(path, fittedSpec({ facts, recipe, folder: dirname(path) }));
  return formatSource(spec, bag);
}
