import { Bag, type SourceFile, summarise, summaryText } from '../../../src/compiler/index.ts';
import { likelyEngine } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { chooseNetwork, compileSound, type SelectionOptions } from '../../study/selection.ts';

export interface SummaryOptions extends SelectionOptions {
  readonly format: 'text' | 'json';
}

/** `cmrc summary`: what a network is made of, and what it costs. */
export async function summary(output: Output, file: string, options: SummaryOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const compilation = compileSound(file, options.set ?? [], bag, sources, options.experiment);
  const chosen = compilation === null ? null : chooseNetwork(compilation, file, options, bag);
  if (chosen === null) return fail(output, bag.sorted(), sources);
  const { graph } = chosen;
  const context = { ...chosen.context, rates: (await likelyEngine('onnx')).rates };
  const found = summarise(graph, context);
  output.value(found);
  output.print(summaryText(graph, found).trimEnd());
  return exit.fine;
}
