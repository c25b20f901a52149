import { Bag, emitMermaid, emitSvg, printGraph, type SourceFile } from '../../../src/compiler/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { chooseNetwork, compileSound, type SelectionOptions } from '../../study/selection.ts';

export interface GraphOptions extends SelectionOptions {
  readonly format: 'mermaid' | 'svg' | 'text';
}

const forms = { mermaid: emitMermaid, svg: emitSvg, text: printGraph } as const;

/** `cmrc graph`: a network as a drawing. */
export async function graph(output: Output, file: string, options: GraphOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const compilation = compileSound(file, options.set ?? [], bag, sources, options.experiment);
  const chosen = compilation === null ? null : chooseNetwork(compilation, file, options, bag);
  if (chosen === null) return fail(output, bag.sorted(), sources);
  output.print(forms[options.format](chosen.graph).trimEnd());
  return exit.fine;
}
