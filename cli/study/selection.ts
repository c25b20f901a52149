import {
  alternatives,
  Bag,
  type Compilation,
  type Experiment as CompiledExperiment,
  compile,
  didYouMean,
  type Graph,
  graphHash,
  type RunPlan,
  type SourceFile,
  type TargetContext,
  trainedSlots,
} from '../../src/compiler/index.ts';
import { fileHost, isReadable } from '../environment/host.ts';
import { onCommandLine } from '../output/report.ts';

/** Which part of a spec a command works on. */
export interface SelectionOptions {
  readonly network?: string;
  readonly experiment?: string;
  readonly set?: readonly string[];
}

/** Compiles a spec that the command line names. Findings are in the compilation, or in the bag when there is no file. */
export function compileFile(
  path: string,
  overrides: readonly string[],
  bag: Bag,
  experiment?: string,
): Compilation | null {
  const options = { overrides, ...(experiment !== undefined && { experiment }) };
  return isReadable(path, bag) ? compile(path, fileHost(), options) : null;
}

/**
 * Compiles a spec. All findings go to the bag; null when there are errors among them.
 * @param sources receives the texts, for findings that are shown later
 * @param experiment the one that the overrides are meant for; mistakes of others are not looked at then
 */
export function compileSound(
  path: string,
  overrides: readonly string[],
  bag: Bag,
  sources: Map<string, SourceFile>,
  experiment?: string,
): Compilation | null {
  const compilation = compileFile(path, overrides, bag, experiment);
  if (compilation === null) return null;
  for (const [name, source] of compilation.sources) sources.set(name, source);
  for (const item of compilation.diagnostics) bag.add(item);
  return bag.hasErrors ? null : compilation;
}

/** As {@link compileSound} for commands that read what was trained: warnings are for those who write specs. */
export function compileForReading(
  path: string,
  overrides: readonly string[],
  bag: Bag,
  sources: Map<string, SourceFile>,
): Compilation | null {
  const own = new Bag();
  const compilation = compileSound(path, overrides, own, sources);
  for (const item of own.sorted()) if (item.severity === 'error') bag.add(item);
  return compilation;
}

/** An experiment without mistakes. */
export type Experiment = CompiledExperiment & { readonly graph: Graph; readonly plan: RunPlan };

/** The experiments that can be trained: all of them where no mistake was reported. */
export function soundExperiments({ experiments }: Compilation): readonly Experiment[] {
  return experiments.flatMap((one) => {
    const { graph, plan } = one;
    return graph === null || plan === null ? [] : [{ ...one, graph, plan }];
  });
}

/** The experiment named, or the only one. Variants and cells of sweeps are experiments as well. */
export function chooseExperiment(
  compilation: Compilation,
  path: string,
  name: string | undefined,
  bag: Bag,
  howToName?: string,
): Experiment | null {
  return choose(soundExperiments(compilation), 'experiment', path, name, bag, howToName);
}

/** A network, and how it is trained where an experiment says so. */
export interface ChosenNetwork {
  readonly name: string;
  readonly graph: Graph;
  readonly context: TargetContext;
  /** Of the experiment that trains it; null where none does. */
  readonly plan: RunPlan | null;
}

/** The network named, the network of the experiment named, or the only one. */
export function chooseNetwork(
  compilation: Compilation,
  path: string,
  { network, experiment }: SelectionOptions,
  bag: Bag,
): ChosenNetwork | null {
  if (experiment !== undefined) {
    const chosen = chooseExperiment(compilation, path, experiment || undefined, bag);
    return chosen === null
      ? null
      : { name: chosen.name, graph: chosen.graph, context: contextOf(chosen.plan), plan: chosen.plan };
  }
  const experiments = soundExperiments(compilation);
  // A spec that imports its network has it in its experiments only.
  const only = experiments[0];
  if (network === undefined && compilation.networks.length === 0 && only !== undefined) {
    return chooseNetwork(compilation, path, { experiment: experiments.length === 1 ? only.name : '' }, bag);
  }
  const chosen = choose(compilation.networks, 'network', path, network, bag);
  if (chosen === null) return null;
  const trained = experiments.find(({ graph }) => graphHash(graph) === graphHash(chosen.graph));
  if (trained === undefined) return { ...chosen, context: {}, plan: null };
  return { ...chosen, context: contextOf(trained.plan), plan: trained.plan };
}

/** What training takes beside the network: the batch, and what the optimizer remembers of each weight. */
export function contextOf(plan: RunPlan): TargetContext {
  const { loss, train, data, evaluate } = plan;
  const { source, expect } = data;
  const all = source.kind === 'phantom' ? source.images : (expect.images ?? 0);
  const images = Math.round(all * (1 - evaluate.folds.fraction));
  const { batch, optimizer, clip, weighting, weight_decay, average, memory } = train;
  return {
    plan,
    batch,
    ...(images > 0 && { images }),
    slots: trainedSlots(train).length,
    training: { loss, optimizer, clip, weighting, weight_decay, average, memory: memory ?? null },
  };
}

/** The one named, or the only one. @param howToName what to add to the command line to name one */
export function choose<T extends { readonly name: string }>(
  all: readonly T[],
  kind: 'experiment' | 'network' | 'sweep' | 'comparison',
  path: string,
  name: string | undefined,
  bag: Bag,
  howToName = `--${kind === 'comparison' ? 'compare' : kind} NAME`,
): T | null {
  const names = all.map((one) => one.name);
  if (all.length === 0) {
    bag.report('noExperiment', { at: onCommandLine, arguments: { path, kind } });
    return null;
  }
  if (name === undefined) {
    if (all.length === 1) return all[0]!;
    bag.report('chooseExperiment', {
      at: onCommandLine,
      arguments: { path, kind, count: all.length },
      notes: [`it has ${listed(names)}`],
      help: [{ message: `add \`${howToName}\`` }],
    });
    return null;
  }
  const found = all.find((one) => one.name === name);
  if (found !== undefined) return found;
  const close = didYouMean(onCommandLine, name, names).map(({ message }) => ({ message }));
  bag.report('unknownExperiment', {
    at: onCommandLine,
    arguments: { path, kind, name },
    notes: close.length > 0 ? [] : [`it has ${listed(names)}`],
    help: close,
  });
  return null;
}

/** All names when they are few; a sweep may have hundreds. */
function listed(names: readonly string[]): string {
  const maxNames = 12;
  if (names.length <= maxNames) return alternatives(names, 'and');
  return `${names
    .slice(0, maxNames)
    .map((name) => `\`${name}\``)
    .join(', ')} and ${names.length - maxNames} more`;
}
