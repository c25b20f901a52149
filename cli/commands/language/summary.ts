import {
  Bag,
  type EngineName,
  type SourceFile,
  startFindings,
  startText,
  summarise,
  summaryText,
} from '../../../src/compiler/index.ts';
import { firstStep, likelyEngine } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import {
  type ChosenNetwork,
  chooseNetwork,
  compileSound,
  type SelectionOptions,
} from '../../study/selection.ts';

export interface SummaryOptions extends SelectionOptions {
  readonly format: 'text' | 'json';
  /** What a batch shows before the first step, in place of what layers cost. */
  readonly start?: boolean;
  /** The engine that computes `start`. */
  readonly backend?: EngineName;
}

/** `cmrc summary`: what a network is made of, and what it costs; or how it starts. */
export async function summary(output: Output, file: string, options: SummaryOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const compilation = compileSound(file, options.set ?? [], bag, sources, options.experiment);
  const chosen = compilation === null ? null : chooseNetwork(compilation, file, options, bag);
  if (chosen === null) return fail(output, bag.sorted(), sources);
  if (options.start === true) return start(output, chosen, options.backend ?? null);
  const { graph } = chosen;
  const context = { ...chosen.context, rates: (await likelyEngine('onnx')).rates };
  const found = summarise(graph, context);
  output.value(found);
  output.print(summaryText(graph, found).trimEnd());
  return exit.fine;
}

async function start(
  output: Output,
  { graph, plan }: ChosenNetwork,
  backend: EngineName | null,
): Promise<ExitCode> {
  const bag = new Bag();
  const found = await firstStep(graph, plan, backend, bag);
  if (found === null) return fail(output, bag.sorted());
  output.value(found);
  output.print(startText(found).trimEnd());
  report(output, [...bag.sorted(), ...startFindings(found)]);
  return exit.fine;
}
