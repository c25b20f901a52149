import { type Diagnostic, diagnostic } from '../../diagnostics/diagnostic.ts';
import type { Graph, OperationName } from '../../ir/graph.ts';
import { headBias } from '../../ir/head-bias.ts';
import { alignColumns } from '../../ir/print.ts';
import { arraySchema, documentSchema, operationSchema, textSchema } from '../../ir/schema.ts';

/** What an engine saw of a network in one training step that changed nothing. */
export interface Inspection {
  /** By node of the graph: the mean and the variance of each channel over images and places. */
  readonly nodes: readonly {
    readonly mean: ArrayLike<number>;
    readonly variance: ArrayLike<number>;
  }[];
  /** By trained weight, the sum of the squares of its gradient; nothing where there is no loss, or it does not reach it. */
  readonly gradients: Readonly<Record<string, number>>;
}

/** What is wrong with a layer before the first step. */
type StartMark = 'explodes' | 'vanishes' | 'dead' | 'no gradient';

/** What `cmrc summary --start --format json` prints; valid against {@link startSchema}. */
export interface StartSummary {
  readonly network: string;
  /** The engine that computed. */
  readonly engine: string;
  /** Of the batch. */
  readonly images: number;
  /** `data` where they are the first batch that training would see, `noise` where they were drawn. */
  readonly source: 'data' | 'noise';
  /** Why, where they are drawn. */
  readonly reason: string | null;
  readonly layers: readonly StartLayer[];
}

interface StartLayer {
  readonly path: string;
  readonly op: OperationName;
  /** Over all values of the batch. */
  readonly mean: number;
  readonly deviation: number;
  /** The share of channels that are 0 everywhere, behind an operation that may make them so; null behind others. */
  readonly dead: number | null;
  /** The root of the sum of squares of the loss's gradient by the layer's weights; null where it has none, or there is no loss. */
  readonly gradient: number | null;
  readonly mark: StartMark | null;
}

/** Deviations of a layer, as multiples of the image's, beyond which it explodes or vanishes. */
const [leastDeviation, mostDeviation] = [1e-3, 1e3];

/** The least share of the largest gradient of any layer that moves a layer's weights at a pace with the others. */
const leastGradient = 1e-7;

/** Half of a layer's channels may be silent for one batch; more of them learn nothing. */
const mostDead = 0.5;

/** What may give 0 for everything below 0. */
const rectifiers: ReadonlySet<OperationName> = new Set(['relu']);

/** Gathers what an engine saw by layer. A weight that several nodes share is told of with the first. */
export function summariseStart(
  graph: Graph,
  { nodes, gradients }: Inspection,
  facts: Pick<StartSummary, 'engine' | 'images' | 'source' | 'reason'>,
): StartSummary {
  const told = new Set<string>();
  const ends = headEnds(graph);
  const most = Math.sqrt(Math.max(0, ...Object.values(gradients)));
  const hasLoss = Object.keys(gradients).length > 0;
  const first = deviationOf(nodes[0]!);
  const layers = graph.nodes.map((node): StartLayer => {
    const seen = nodes[node.id]!;
    const own = node.weights.filter(
      (name) => graph.weights.get(name)!.trainable && !told.has(name) && name in gradients,
    );
    for (const name of own) told.add(name);
    const gradient =
      own.length === 0 ? null : Math.sqrt(own.reduce((sum, name) => sum + gradients[name]!, 0));
    const dead = rectifiers.has(node.op) ? deadShare(seen) : null;
    const deviation = deviationOf(seen);
    const layer = {
      path: node.origin.path,
      op: node.op,
      mean: meanOf(seen.mean),
      deviation,
      dead,
      gradient,
    };
    const scale = deviation / first;
    const mark = (): StartMark | null => {
      if (!Number.isFinite(deviation) || scale > mostDeviation) return 'explodes';
      if (dead !== null && dead > mostDead) return 'dead';
      // What a head says lies close together where it starts at a prior, beside a kernel near zero.
      if (scale < leastDeviation && !ends.has(node.id)) return 'vanishes';
      const reached = gradient === null || (gradient > leastGradient * most && Number.isFinite(gradient));
      return hasLoss && !reached ? 'no gradient' : null;
    };
    return { ...layer, mark: node.op === 'input' ? null : mark() };
  });
  return { network: graph.name, ...facts, layers };
}

/** The nodes that end heads: from those whose bias moves them on. */
function headEnds(graph: Graph): ReadonlySet<number> {
  return new Set(
    graph.heads.flatMap(({ name, node }) => {
      const bias = headBias(graph, name)?.weight;
      const chain = [node];
      if (bias === undefined) return chain;
      for (let id = node; !graph.nodes[id]!.weights.includes(bias); id = chain.at(-1)!)
        chain.push(graph.nodes[id]!.operands[0]!);
      return chain;
    }),
  );
}

function meanOf(values: ArrayLike<number>): number {
  return Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Over all channels: the mean of their variances and the variance of their means. */
function deviationOf({ mean, variance }: Inspection['nodes'][number]): number {
  const middle = meanOf(mean);
  const between = meanOf(Array.from(mean, (value) => (value - middle) ** 2));
  return Math.sqrt(Math.max(0, meanOf(variance) + between));
}

/** Channels whose mean and variance are both 0; what is never below 0 has the mean 0 only where it is 0 everywhere. */
function deadShare({ mean, variance }: Inspection['nodes'][number]): number {
  const dead = Array.from(mean).filter((value, channel) => value === 0 && variance[channel] === 0);
  return dead.length / mean.length;
}

/** What there is to say: each kind of trouble once, with the layer where it begins and how many there are. */
export function startFindings({ layers, network }: StartSummary): readonly Diagnostic[] {
  const at = { file: network, start: 0, end: 0 };
  const first = (wanted: StartMark) => {
    const found = layers.filter(({ mark }) => mark === wanted);
    return found[0] === undefined ? null : { layer: found[0], count: found.length };
  };
  const found: Diagnostic[] = [];
  for (const [mark, word] of [
    ['explodes', 'explodes'],
    ['vanishes', 'vanishes'],
  ] as const) {
    const one = first(mark);
    if (one === null) continue;
    const { path, deviation } = one.layer;
    found.push(
      diagnostic('startScale', {
        at,
        arguments: { word, layer: path, deviation: short(deviation), count: one.count, network },
        help: [
          {
            message:
              'put norms between the convolutions, or `init = "he_normal"` into those that a ReLU follows',
          },
        ],
      }),
    );
  }
  const dead = first('dead');
  if (dead !== null) {
    const share = `${Math.round(100 * dead.layer.dead!)} %`;
    found.push(
      diagnostic('startDead', {
        at,
        arguments: { layer: dead.layer.path, share, count: dead.count, network },
        help: [{ message: 'take `leaky_relu` in place of `relu`, or norms before it' }],
      }),
    );
  }
  const still = first('no gradient');
  if (still !== null) {
    found.push(
      diagnostic('startGradient', {
        at,
        arguments: {
          layer: still.layer.path,
          gradient: short(still.layer.gradient!),
          count: still.count,
          network,
        },
        help: [
          { message: 'look for what lies between it and the loss: dead layers, or a gate that is shut' },
        ],
      }),
    );
  }
  return found;
}

/** The table that `cmrc summary --start` prints. */
export function startText({ network, engine, images, source, reason, layers }: StartSummary): string {
  const from =
    source === 'data'
      ? `the first ${images} images that training would see`
      : `${images} images of noise: ${reason}`;
  const rows = layers.map(({ path, op, mean, deviation, dead, gradient, mark }) => [
    path,
    op,
    short(mean),
    short(deviation),
    dead === null ? '' : `${Math.round(100 * dead)} %`,
    gradient === null ? '' : short(gradient),
    mark ?? '',
  ]);
  return [
    `network ${network} before its first step, on ${engine}, by ${from}`,
    '',
    ...alignColumns(
      [['layer', 'operation', 'mean', 'deviation', 'dead', 'gradient', ''], ...rows],
      [2, 3, 4, 5],
    ),
    '',
  ].join('\n');
}

function short(value: number): string {
  return value === 0 ? '0' : value.toPrecision(3);
}

const figure = { type: ['number', 'null'] } as const;

/** The JSON schema of {@link StartSummary}. What is not finite is null. */
export const startSchema = documentSchema('A network of the cmrnet language before its first step', {
  network: textSchema,
  engine: textSchema,
  images: { type: 'integer', minimum: 1 },
  source: { enum: ['data', 'noise'] },
  reason: { type: ['string', 'null'] },
  layers: arraySchema({
    type: 'object',
    properties: {
      path: textSchema,
      op: operationSchema,
      mean: figure,
      deviation: figure,
      dead: figure,
      gradient: figure,
      mark: { enum: ['explodes', 'vanishes', 'dead', 'no gradient', null] },
    },
    required: ['path', 'op', 'mean', 'deviation', 'dead', 'gradient', 'mark'],
    additionalProperties: false,
  }),
});
