import { join } from 'node:path';
import {
  type Artefact,
  artefactName,
  Bag,
  type EngineName,
  explainEngine,
  type Graph,
  graphHash,
  predictionLines,
  predictTraining,
  type Rates,
  type SourceFile,
  type Target,
  type TargetContext,
  type TargetName,
  targetNames,
  targets,
} from '../../../src/compiler/index.ts';
import { encodeTensors, likelyEngine, systemProblem, writeAtomically } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, onCommandLine, report } from '../../output/report.ts';
import {
  chooseExperiment,
  chooseNetwork,
  compileSound,
  contextOf,
  type SelectionOptions,
  soundExperiments,
} from '../../study/selection.ts';

export interface BuildOptions extends SelectionOptions {
  readonly format: 'text' | 'json';
  readonly target?: TargetName;
  readonly out?: string;
  readonly explain?: boolean;
  /** The engine that `explain` is about; the one that training would use without it. */
  readonly backend?: EngineName;
}

/** One file to write. */
interface File {
  readonly name: string;
  readonly content: Artefact['content'];
}

/** A network with the name that its files carry. */
interface Network {
  readonly name: string;
  readonly graph: Graph;
  readonly context: TargetContext;
}

/** `cmrc build`: writes every form of every network, and every experiment as a plan that can be trained. */
export async function build(output: Output, file: string, options: BuildOptions): Promise<ExitCode> {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const compilation = compileSound(file, options.set ?? [], bag, sources, options.experiment);
  if (compilation === null) return fail(output, bag.sorted(), sources);
  const named = options.network !== undefined || options.experiment !== undefined;
  const network = named ? chooseNetwork(compilation, file, options, bag) : null;
  const experiment =
    options.experiment === undefined ? null : chooseExperiment(compilation, file, options.experiment, bag);
  if (bag.hasErrors) return fail(output, bag.sorted(), sources);
  report(output, bag.sorted(), sources);

  const experiments = experiment !== null ? [experiment] : named ? [] : soundExperiments(compilation);
  const networks =
    network !== null
      ? [network]
      : distinct([
          ...compilation.networks.map(
            ({ name }) => chooseNetwork(compilation, file, { network: name }, bag)!,
          ),
          ...experiments.map(({ name, graph, plan }) => ({ name, graph, context: contextOf(plan) })),
        ]);
  const target: Target | undefined = options.target && targets[options.target];
  for (const { name, context } of target?.needsTraining === true ? networks : []) {
    if (context.training === undefined)
      bag.report('untrainedNetwork', { at: onCommandLine, arguments: { name } });
  }
  if (bag.hasErrors) return fail(output, bag.sorted(), sources);
  const files = networks.flatMap(({ name, graph, context }) =>
    artefacts(
      { name, graph, context: { ...context, documentation: compilation.documentation } },
      options.target,
    ),
  );
  if (options.target === undefined) {
    for (const { name, plan } of experiments) {
      const content = `${JSON.stringify(plan, null, 2)}\n`;
      files.push({ name: artefactName(name, { suffix: '.run.json', content }), content });
    }
  }
  if (options.explain === true) {
    const engine = await likelyEngine(options.backend ?? null);
    for (const { name, graph, context } of networks) {
      output.print(`${name} ${explainEngine(graph, engine.name)}`);
      if (engine.name === 'onnx')
        for (const line of stepLines(graph, context, engine.rates)) output.print(line);
    }
  }
  const ending = write(output, options.out ?? 'build', files);
  if ((options.target === 'onnx' || options.target === 'pytorch') && ending === exit.fine)
    output.print(
      `the weights are untrained: \`cmrc export RUN --target ${options.target}\` takes those of a run`,
    );
  return ending;
}

/** What a step takes on the compiled engine. Of a network that no experiment trains there is none to tell of. */
function stepLines(graph: Graph, { batch = 1, training, images }: TargetContext, rates: Rates) {
  if (training === undefined) return ['no experiment trains it, so that it has no training step'];
  return [...predictionLines(predictTraining(graph, { ...training, batch }, rates), images), ''];
}

function artefacts({ name, graph, context }: Network, only: TargetName | undefined): readonly File[] {
  const usual = targetNames.filter((target) => (targets[target] as Target).onRequest !== true);
  const wanted = only === undefined ? usual : [only];
  return wanted.flatMap((target) =>
    targets[target]
      .emit(graph, context)
      .map((artefact) => ({ name: artefactName(name, artefact), content: artefact.content })),
  );
}

/** Networks of one structure are written once, under their first name. */
function distinct(networks: readonly Network[]): readonly Network[] {
  const seen = new Set<string>();
  return networks.filter(({ graph }) => {
    const hash = graphHash(graph);
    return !seen.has(hash) && seen.add(hash);
  });
}

function write(output: Output, folder: string, files: readonly File[]): ExitCode {
  if (folder === '-') {
    const texts = files.flatMap(({ name, content }) =>
      typeof content === 'string' ? { name, content } : [],
    );
    const [first] = texts.filter(({ name }) => (output.format === 'json') === name.endsWith('.json'));
    const shown = first ?? texts[0];
    if (shown === undefined) return exit.fine;
    output.print(shown.content.trimEnd());
    output.value(shown.name.endsWith('.json') ? JSON.parse(shown.content) : shown.content);
    return exit.fine;
  }
  const paths: string[] = [];
  for (const { name, content } of files) {
    const path = join(folder, name);
    try {
      writeAtomically(
        path,
        content instanceof Map ? encodeTensors(content) : (content as string | Uint8Array),
      );
    } catch (error) {
      return fail(output, [systemProblem(error, path)]);
    }
    paths.push(path);
    output.print(`wrote ${path}`);
  }
  output.value({ version: 1, files: paths });
  return exit.fine;
}
