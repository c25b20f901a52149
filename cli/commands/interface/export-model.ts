import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import {
  type Artefact,
  artefactName,
  Bag,
  type GivenWeights,
  type Graph,
  graphHash,
  graphOfPlan,
  type TargetContext,
  targets,
} from '../../../src/compiler/index.ts';
import {
  encodeTensors,
  nowhere,
  openRun,
  type Run,
  readWeights,
  runFiles,
  systemProblem,
  writeAtomically,
} from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, report } from '../../output/report.ts';
import { compileFile } from '../../study/selection.ts';
import type { ModelTarget } from './model-targets.ts';

export interface ExportModelOptions {
  readonly target: ModelTarget;
  readonly out: string;
  /** Only the network of this fold; all that were trained, averaged, where it is left out. */
  readonly fold?: number;
}

/** `cmrc export RUN --target onnx`: writes a run's trained network as other tools read it. */
export function exportModel(output: Output, paths: readonly string[], options: ExportModelOptions): ExitCode {
  const [path, ...others] = paths;
  if (path === undefined || others.length > 0) {
    output.say('error: `--target` takes one run\n(`cmrc export --help` says more)');
    return exit.commandLine;
  }
  const bag = new Bag();
  const run = openRun(path, bag);
  const weights = run === null ? null : readWeights(run, options.fold ?? null, bag);
  const graph = run === null ? null : graphOfPlan(run.record.plan.network);
  if (graph !== null && weights?.some(({ values }) => !suits(values, graph)))
    bag.report('foreignWeights', { at: nowhere(path), arguments: { run: path, name: graph.name } });
  if (run === null || graph === null || weights === null || bag.hasErrors) return fail(output, bag.sorted());
  report(output, bag.sorted());
  const { plan } = run.record;
  const one = options.target === 'pytorch' ? weights.slice(0, 1) : weights;
  const named = namedGraph(run) ?? { graph, documentation: new Map() };
  const files: string[] = [];
  const context: TargetContext = { plan, weights: one, documentation: named.documentation };
  for (const artefact of targets[options.target].emit(named.graph, context)) {
    const file = join(options.out, artefactName(plan.experiment, artefact));
    try {
      writeAtomically(file, bytesOf(artefact));
    } catch (error) {
      return fail(output, [systemProblem(error, file)]);
    }
    files.push(file);
    output.print(`wrote ${file}`);
  }
  for (const { from } of one) output.print(`weights: ${from}`);
  if (one.length < weights.length)
    output.print(
      `a package has one network, of one of the run's ${weights.length} folds: \`--fold\` says which`,
    );
  output.value({ version: 1, files });
  return exit.fine;
}

/** Whether a network has the weights that are given, in their sizes. */
function suits(values: GivenWeights['values'], { weights }: Graph): boolean {
  const sizeOf = (shape: readonly number[]) => shape.reduce((product, size) => product * size, 1);
  return [...weights.values()].every(({ name, shape }) => values.get(name)?.length === sizeOf(shape));
}

/**
 * The run's network with the names of its blocks and what its spec says of them, which a record does not hold: compiled anew from
 * the texts that the run keeps. Undefined where they give another network, as those of an older version may.
 */
function namedGraph({ folder, record: { plan, overrides } }: Run) {
  const path = join(runFiles.specs(folder), basename(plan.source));
  if (!existsSync(path)) return undefined;
  const compilation = compileFile(path, overrides, new Bag(), plan.experiment);
  const found = compilation?.experiments.find(({ name }) => name === plan.experiment);
  if (!compilation || !found?.graph || graphHash(found.graph) !== plan.network.hash) return undefined;
  return { graph: found.graph, documentation: compilation.documentation };
}

function bytesOf({ content }: Artefact): string | Uint8Array {
  return typeof content === 'string' || content instanceof Uint8Array ? content : encodeTensors(content);
}
