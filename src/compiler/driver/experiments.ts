import { Bag } from '../diagnostics/diagnostic.ts';
import type { AnalysisContext } from '../passes/analysis/finding.ts';
import { type ResolvedExperiment, resolveExperiment } from '../semantics/experiments/experiment.ts';
import type { Trainable } from '../semantics/studies/instances.ts';
import { assemblePlan, trainingSize } from './assemble.ts';
import type { CompiledExperiment } from './compilation.ts';
import type { Context } from './context.ts';
import type { Networks } from './networks.ts';
import { StepBudget } from './step-budget.ts';

/** An experiment with its settings as they were read. */
export interface ExperimentResult {
  readonly compiled: CompiledExperiment;
  readonly resolved: ResolvedExperiment;
}

/** Compiles all experiments, variants and cells, by name in the given order. */
export function compileExperiments(
  trainables: readonly Trainable[],
  networks: Networks,
  context: Context,
): ReadonlyMap<string, ExperimentResult> {
  const stepBudget = new StepBudget();
  return new Map(
    trainables.map((trainable) => [
      trainable.name,
      compileExperiment(trainable, networks, stepBudget, context),
    ]),
  );
}

function compileExperiment(
  trainable: Trainable,
  networks: Networks,
  stepBudget: StepBudget,
  { program, host, signatures, findings, experiment }: Context,
): ExperimentResult {
  const { name, kind, sweep, changes } = trainable;
  const bag = new Bag();
  const resolved = resolveExperiment(trainable, signatures, host.resolve, bag);
  const { model } = resolved;
  const network = model && networks.build(model.declared, model.given);
  const target = network?.target;
  const plan = target && assemblePlan(name, program.main.path, resolved, target.graph, target.plan, bag);
  if (target && plan) {
    stepBudget.check(target.graph, plan.loss, plan.train, resolved.place('train', 'memory'), bag);
  }
  const modelDeclarations = model ? [model.declared.declaration.span] : [];
  const subject = { ...trainable, declarations: [...trainable.declarations, ...modelDeclarations] };
  const told = experiment === undefined || experiment === name;
  if (told) findings.add([...(network?.diagnostics ?? []), ...bag.sorted()], subject);
  if (told && network) findings.add(networks.analyse(network, analysisContext(resolved)), subject);
  const compiled: CompiledExperiment = {
    name,
    kind,
    sweep,
    overrides: changes,
    budget: {
      ...(resolved.budget ?? { hours: null, memory: null }),
      at: { hours: resolved.place('budget', 'hours'), memory: resolved.place('budget', 'memory') },
    },
    unpublished: resolved.unpublished,
    graph: target?.graph ?? null,
    plan: plan && !bag.hasErrors ? plan : null,
  };
  return { compiled, resolved };
}

function analysisContext(resolved: ResolvedExperiment): AnalysisContext {
  const { train } = resolved;
  const size = trainingSize(resolved);
  return {
    ...(train ? { batch: train.batch, recalibrate: train.recalibrate } : {}),
    ...(size ? { stepsPerEpoch: size.steps } : {}),
  };
}
