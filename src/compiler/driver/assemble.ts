import type { Graph } from '../ir/graph.ts';
import { checkInput, planHeads } from '../lower/heads.ts';
import { completeLoss } from '../lower/losses.ts';
import { runHash } from '../plan/run-hash.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import type { ResolvedExperiment } from '../semantics/experiments/experiment.ts';
import type { Reporter } from '../semantics/program/program.ts';
import type { LayersPlan } from '../targets/tfjs/plan.ts';
import { checkParts } from './parts.ts';
import { checkProspects } from './prospects.ts';

/** How many images train and how many steps an epoch has; undefined when the spec does not say how many there are. */
export function trainingSize({
  dataset,
  evaluate,
  train,
}: ResolvedExperiment): { readonly images: number; readonly steps: number } | undefined {
  if (dataset?.images === undefined || !evaluate || !train) return undefined;
  const images = Math.floor(dataset.images * (1 - evaluate.folds.fraction));
  return { images, steps: Math.ceil(images / train.batch) };
}

/** Joins an experiment's settings with its network, and checks that they fit. Undefined when they do not. */
export function assemblePlan(
  name: string,
  source: string,
  experiment: ResolvedExperiment,
  graph: Graph,
  network: LayersPlan,
  reporter: Reporter,
): RunPlan | undefined {
  const { model, dataset, loss: written, train, augment, evaluate, reported } = experiment;
  if (!model || !dataset) return undefined;
  const fits = checkInput(graph, dataset, model.at.span, reporter);
  const heads = written && planHeads(graph, dataset, written, experiment, reporter);
  const loss = heads && completeLoss(written, heads, experiment.placeOfLoss, reporter);
  const enough = checkImages(experiment, reporter);
  const partly = !train || checkParts(graph, train, experiment.place, reporter);
  const turned = checkTurns(experiment, graph, reporter);
  checkIntensity(experiment, reporter);
  if (
    !fits ||
    !enough ||
    !partly ||
    !turned ||
    !loss ||
    !heads ||
    !train ||
    !augment ||
    !evaluate ||
    !reported
  )
    return undefined;
  checkProspects(
    { loss, train, heads, place: experiment.place, placeOfLoss: experiment.placeOfLoss },
    graph,
    reporter,
  );
  const plan = {
    version: 1 as const,
    experiment: name,
    source,
    network,
    heads,
    loss,
    data: dataset.plan,
    train,
    augment,
    evaluate,
    reported,
  };
  return { ...plan, hash: runHash(plan) };
}

function checkImages(experiment: ResolvedExperiment, reporter: Reporter): boolean {
  const { dataset, evaluate, train } = experiment;
  const size = trainingSize(experiment);
  if (!size || !evaluate || !train || dataset?.images === undefined) return true;
  const { count } = evaluate.folds;
  const few = (what: string, needed: number, images: number, ...path: string[]) => {
    reporter.report('fewImages', { at: experiment.place(...path), arguments: { what, needed, images } });
    return false;
  };
  if (count > dataset.images) return few(`${count} folds`, count, dataset.images, 'evaluate', 'folds');
  if (train.batch > size.images) {
    return few(`a batch of ${train.batch}`, train.batch, size.images, 'train', 'batch');
  }
  return true;
}

/** A quarter turn makes columns of rows, so both must be as many. */
function checkTurns({ evaluate, place }: ResolvedExperiment, graph: Graph, reporter: Reporter): boolean {
  const [height, width] = graph.nodes[0]!.shape;
  if (evaluate?.turns !== 'quarters' || height === width) return true;
  reporter.report('oblongTurns', {
    at: place('evaluate', 'turns'),
    arguments: { network: graph.name, height: height!, width: width! },
    help: [{ message: 'use `turns = half`, or images as high as they are wide' }],
  });
  return false;
}

/** The phantom's classes differ in their absolute T1, which scaling every image by itself erases. */
function checkIntensity({ dataset, heads, loss, place }: ResolvedExperiment, reporter: Reporter): void {
  if (dataset?.plan.source.kind !== 'phantom') return;
  const { intensity } = dataset.plan;
  if (!('kind' in intensity) || intensity.kind === 'fixed') return;
  const label = heads.find(
    ({ name, headKind }) => headKind.text === 'label' && loss?.some((term) => term.head === name.text),
  );
  if (!label) return;
  reporter.report('relativeIntensity', {
    at: place('data'),
    arguments: { intensity: intensity.kind, head: label.name.text },
    secondary: [{ span: dataset.at, text: 'the dataset' }],
    notes: ['the diseased hearts of the phantom have a raised T1'],
    help: [{ message: 'use `intensity = fixed(2000)`' }],
  });
}
