import type { Graph } from '../../../ir/graph.ts';
import { valueAttribute } from '../../../plan/attributes.ts';
import { inputChannels } from '../../../plan/channels.ts';
import { formatStep } from '../../../plan/fitting.ts';
import { outcomes } from '../../../plan/outcomes.ts';
import type { HeadPlan, RunPlan } from '../../../plan/run-plan.ts';
import { viewsOf } from '../../../plan/views.ts';
import {
  type GivenWeights,
  type OnnxFiles,
  type OnnxManifest,
  type OnnxPort,
  startingWeights,
} from '../files.ts';
import { OnnxModel } from '../model.ts';
import { drawn, type Fitting, fittingOf } from './fitting.ts';
import { GraphWriter } from './graph-writer.ts';
import { scaledIntensity } from './intensity.ts';
import { addNetwork } from './network.ts';
import { maskOf } from './regions.ts';
import { broughtBack, viewed } from './views.ts';

/**
 * A network as it is used: from the values in an image's file to masks on the image's own grid, probabilities of classes and
 * numbers in their units. What the experiment says of intensity, fit, mirrored and turned images, threshold and components
 * is part of the model, and so are all networks whose answers are averaged. Of any number of images of one size; standard
 * operators only.
 * @param weights of one network or several; those that training starts with when left out
 */
export function deploymentFiles(
  graph: Graph,
  plan: RunPlan,
  weights: readonly GivenWeights[] = [startingWeights(graph)],
): OnnxFiles {
  const model = new OnnxModel('v');
  const w = new GraphWriter(model);
  const { data, evaluate } = plan;
  const channels = inputChannels(data);
  const images = ['batch', 'rows', 'columns'] as const;
  const inputs: OnnxPort[] = [
    {
      name: model.input('image', [...images, channels]),
      type: 'float32',
      shape: [...images, channels],
      role: 'images',
      about: imageText(plan),
    },
  ];
  let spacing: string | null = null;
  if (data.fit.some(({ kind }) => kind === 'resample')) {
    spacing = model.input('spacing', [2]);
    const about = 'mm between the rows and between the columns of the image';
    inputs.push({ name: spacing, type: 'float32', shape: [2], role: 'spacing', about });
  }
  const image = w.transpose('image', [0, 3, 1, 2]);
  const fitting = fittingOf(w, data.fit, image, spacing);
  const scaled = scaledIntensity(w, image, channels, data.intensity);
  const fitted = fitting === null ? scaled : drawn(w, scaled, fitting.rows.to, fitting.columns.to);
  const answers = averaged(w, graph, plan, weights, fitted);

  const outputs: OnnxPort[] = [];
  for (const head of plan.heads) {
    const answer = answers.get(head.name)!;
    if (head.kind === 'mask') outputs.push(...addMask(w, plan, head, answer, fitting));
    else outputs.push(addRow(w, plan, head, answer));
  }
  const manifest: OnnxManifest = {
    version: 2,
    network: graph.name,
    experiment: plan.experiment,
    purpose: 'inference',
    weights: weights.map(({ from }) => from).join('; '),
    identity: plan.hash,
    inputs,
    outputs,
  };
  const bytes = model.encode(
    plan.experiment,
    { name: 'cmrnet', version: '' },
    {
      description: `${plan.experiment}: ${graph.name}, weights: ${manifest.weights}`,
      metadata: metadataOf(plan, manifest),
    },
  );
  return { model: bytes, manifest };

  /** Masks on the image's grid, and the probabilities that they were made of. */
  function addMask(
    { model: owner }: GraphWriter,
    { data: { structures } }: RunPlan,
    head: HeadPlan,
    answer: string,
    fit: Fitting | null,
  ): readonly OnnxPort[] {
    const map = fit === null ? answer : drawn(w, answer, fit.rows.back, fit.columns.back);
    const mask = maskOf(w, map, head, data, evaluate);
    const names = head.encoding === 'binary' ? structures.slice(0, 1) : structures;
    const values = names.map(({ name, values: own }, place) => [name, own[0] ?? place + 1] as const);
    const probability = `${head.name}_probability`;
    const sizes = [...images, head.channels];
    owner.output(head.name, mask, images, 'uint8');
    owner.output(probability, w.transpose(map, [0, 2, 3, 1]), sizes);
    const rule =
      head.encoding === 'categorical'
        ? 'the largest of a softmax'
        : `probabilities of ${evaluate.threshold} or more`;
    const pieces = evaluate.components === 'largest' ? ', of each structure its largest piece' : '';
    return [
      {
        name: head.name,
        type: 'uint8',
        shape: images,
        role: 'mask',
        about: `0 is background: ${rule}${pieces}`,
        structures: Object.fromEntries(values),
      },
      {
        name: probability,
        type: 'float32',
        shape: sizes,
        role: 'probability',
        about: 'of each pixel of the image',
        classes: [
          ...(head.encoding === 'categorical' ? ['background'] : []),
          ...names.map(({ name }) => name),
        ],
      },
    ];
  }

  /** Probabilities of classes, or a number in its unit. */
  function addRow(
    { model: owner }: GraphWriter,
    { data: of }: RunPlan,
    head: HeadPlan,
    answer: string,
  ): OnnxPort {
    if (head.kind === 'value') {
      const { unit, scale } = valueAttribute(head, of);
      const value = w.reshape(w.node('Mul', [answer, w.scalar(scale)]), w.ints(-1));
      owner.output(head.name, value, ['batch']);
      return { name: head.name, type: 'float32', shape: ['batch'], role: 'value', unit };
    }
    const { names } = outcomes(head, of);
    const rest = () => w.node('Sub', [w.scalar(1), answer]);
    const shares = head.encoding === 'binary' ? w.concat([answer, rest()], 1) : answer;
    owner.output(head.name, shares, ['batch', names.length]);
    const shape = ['batch', names.length];
    return {
      name: head.name,
      type: 'float32',
      shape,
      role: 'probability',
      about: 'of each class',
      classes: names,
    };
  }
}

/** Answers by head: maps `[batch, channels, height, width]`, rows `[batch, values]`; the mean over all networks and views. */
function averaged(
  w: GraphWriter,
  graph: Graph,
  { heads, evaluate }: RunPlan,
  weights: readonly GivenWeights[],
  fitted: string,
): ReadonlyMap<string, string> {
  const views = [{ horizontal: false, vertical: false, quarters: 0 }, ...viewsOf(evaluate)];
  const seen = w.concat(
    views.map((view) => viewed(w, fitted, view)),
    0,
  );
  const images = w.transpose(seen, [0, 2, 3, 1]);
  const networks = weights.map(({ values }, place) => addNetwork(w, graph, values, images, `${place + 1}/`));
  return new Map(
    heads.map(({ name, kind }) => {
      const all = networks.flatMap((answers) => {
        const answer = kind === 'mask' ? w.transpose(answers.get(name)!, [0, 3, 1, 2]) : answers.get(name)!;
        if (views.length === 1) return [answer];
        const parts = w.model.nodes(
          'Split',
          [answer],
          { axis: 0, num_outputs: views.length },
          { results: views.length },
        );
        return parts.map((part, view) => (kind === 'mask' ? broughtBack(w, part, views[view]!) : part));
      });
      return [name, all.length === 1 ? all[0]! : w.node('Mean', all)] as const;
    }),
  );
}

function imageText({ data }: RunPlan): string {
  const steps = data.fit.map(formatStep).join(', ');
  const neighbours =
    data.neighbours === undefined || data.neighbours === 0
      ? ''
      : '; channels are those of the slices around, the lowest first, the slice itself in the middle';
  const refused = data.fit.some(({ kind }) => kind === 'pad' || kind === 'crop')
    ? '; an image that `pad` finds too large, or `crop` too small, is treated as `center` would, where cmrnet refuses it'
    : '';
  return `values as the file means them, all of one size${steps === '' ? '' : `; fitted by ${steps}`}${neighbours}${refused}`;
}

/** What a reader of the file alone must know. */
function metadataOf(plan: RunPlan, manifest: OnnxManifest): Readonly<Record<string, string>> {
  const { data, heads } = plan;
  const classes = heads.flatMap((head) =>
    head.kind === 'label' ? [[`classes.${head.name}`, outcomes(head, data).names.join('\n')] as const] : [],
  );
  return {
    cmrnet_manifest: JSON.stringify(manifest),
    cmrnet_data: JSON.stringify({
      fit: data.fit,
      intensity: data.intensity,
      structures: data.structures,
      unit: data.unit,
    }),
    cmrnet_evaluate: JSON.stringify(plan.evaluate),
    positive_class: data.positive,
    ...Object.fromEntries(classes),
  };
}

/**
 * A network alone, which no experiment says how to feed: images as the network takes them, and the answers of its heads. Of any
 * number of images; standard operators only.
 */
export function networkFiles(graph: Graph, weights: GivenWeights = startingWeights(graph)): OnnxFiles {
  const model = new OnnxModel('v');
  const w = new GraphWriter(model);
  const shape = ['batch', ...graph.nodes[0]!.shape];
  const answers = addNetwork(w, graph, weights.values, model.input('image', shape), '1/');
  const outputs = graph.heads.map(({ name, kind, node }): OnnxPort => {
    const sizes = ['batch', ...graph.nodes[node]!.shape];
    model.output(name, answers.get(name)!, sizes);
    return { name, type: 'float32', shape: sizes, role: kind, about: 'as the network gives it' };
  });
  const input: OnnxPort = {
    name: 'image',
    type: 'float32',
    shape,
    role: 'images',
    about: 'as the network takes it',
  };
  const purpose = 'inference';
  const manifest: OnnxManifest = {
    version: 2,
    network: graph.name,
    purpose,
    weights: weights.from,
    inputs: [input],
    outputs,
  };
  const bytes = model.encode(
    graph.name,
    { name: 'cmrnet', version: '' },
    {
      description: `${graph.name}, weights: ${weights.from}`,
      metadata: { cmrnet_manifest: JSON.stringify(manifest) },
    },
  );
  return { model: bytes, manifest };
}
