import type { Graph, Head } from '../ir/graph.ts';
import { headBias } from '../ir/head-bias.ts';
import { formatShape } from '../ir/shape.ts';
import { attributeNamed, type LabelSpace, labelSpace } from '../plan/attributes.ts';
import { channelWords, fileChannels, inputChannels, slicesSeen } from '../plan/channels.ts';
import type { DataPlan, HeadPlan, LossTerm } from '../plan/run-plan.ts';
import type { ResolvedDataset } from '../semantics/experiments/dataset.ts';
import type { ResolvedExperiment } from '../semantics/experiments/experiment.ts';
import type { Reporter } from '../semantics/program/program.ts';
import { metricFacts } from '../semantics/settings/metrics.ts';
import type { Span } from '../source/span.ts';

/**
 * What each head predicts, by its last operation and the dataset: checks that both count alike and that the losses
 * suit. Undefined when a mistake was reported.
 */
export function planHeads(
  graph: Graph,
  dataset: ResolvedDataset,
  loss: readonly LossTerm[],
  experiment: ResolvedExperiment,
  reporter: Reporter,
): readonly HeadPlan[] | undefined {
  const plans = graph.heads.map((head) => {
    const predicted = attributeOf(head, dataset, reporter);
    const encoding = predicted && encodingOf(graph, head, labelSpace(predicted, dataset.plan), reporter);
    if (!predicted || !encoding) return undefined;
    const plan: HeadPlan = {
      name: head.name,
      kind: head.kind,
      channels: graph.nodes[head.node]!.shape.at(-1)!,
      encoding,
      ...predicted,
      trained: loss.some((term) => term.head === head.name),
    };
    if (plan.trained && experiment.train?.head_bias === 'prior' && headBias(graph, head.name) === null) {
      reporter.report('noHeadBias', {
        at: head.span,
        arguments: {
          head: head.name,
          ...(head.kind === 'value'
            ? { prior: 'the mean of the training images', answers: 'its value' }
            : { prior: 'its class prior', answers: 'its logits' }),
        },
        help: [
          {
            message: 'give its last convolution or dense layer a bias, or set `head_bias = zero` in `train`',
          },
        ],
      });
    }
    const counted = checkChannels(plan, head.span, dataset, reporter);
    const suited = checkLosses(plan, loss, experiment.placeOfLoss, reporter);
    const complete = checkBackground(plan, loss, experiment.placeOfLoss, reporter);
    const decided = checkPositive(plan, dataset, experiment, reporter);
    return counted && suited && complete && decided ? plan : undefined;
  });
  return plans.includes(undefined) ? undefined : (plans as HeadPlan[]);
}

/** Whether the dataset's images reach the network in the size that it takes. */
export function checkInput(
  graph: Graph,
  { plan, fitted, fitAt }: ResolvedDataset,
  modelAt: Span,
  reporter: Reporter,
): boolean {
  const input = graph.nodes[0]!;
  const [height, width, channels] = input.shape;
  const depth = inputChannels(plan);
  if (depth !== channels) {
    reportDepth(graph, plan, fitAt, modelAt, reporter);
    return false;
  }
  if (fitted && fitted.height === height && fitted.width === width) return true;
  reporter.report('inputSize', {
    at: modelAt,
    arguments: {
      network: graph.name,
      input: formatShape(input.shape),
      dataset: plan.name,
      fitted: fitted ? formatShape([fitted.height, fitted.width, depth]) : 'images of various sizes',
    },
    secondary: [
      { span: input.origin.span, text: formatShape(input.shape) },
      {
        span: fitAt,
        text: fitted ? formatShape([fitted.height, fitted.width, depth]) : 'no size in common',
      },
    ],
    help: [
      {
        message: `let \`fit\` of the dataset end with \`center(${height}, ${width})\` or \`pad(${height}, ${width})\``,
      },
    ],
  });
  return false;
}

/** Tells that a network takes another number of channels than its dataset gives, and where that number is from. */
function reportDepth(graph: Graph, plan: DataPlan, dataAt: Span, modelAt: Span, reporter: Reporter): void {
  const input = graph.nodes[0]!;
  const [height, width, channels] = input.shape as [number, number, number];
  const [own, slices, depth] = [fileChannels(plan), slicesSeen(plan), inputChannels(plan)];
  const settings = channels % slices === 0 ? [`\`channels = ${channels / slices}\``] : [];
  const around = channels % own === 0 && (channels / own) % 2 === 1 && plan.source.kind !== 'phantom';
  if (around) settings.push(`\`neighbours = ${(channels / own - 1) / 2}\``);
  reporter.report('inputChannels', {
    at: modelAt,
    arguments: { network: graph.name, channels: channelWords(channels), dataset: plan.name, depth },
    secondary: [
      { span: input.origin.span, text: formatShape(input.shape) },
      { span: dataAt, text: channelWords(depth) },
    ],
    notes: [
      slices === 1
        ? `the files of \`${plan.name}\` have ${channelWords(own)}, as \`channels\` or the third number of \`image\` says; \`neighbours\` is 0`
        : `\`neighbours = ${plan.neighbours}\` makes ${slices} slices one image, each of ${channelWords(own)}`,
    ],
    help: [
      { message: `let the input of \`${graph.name}\` be \`[${height}, ${width}, ${depth}]\`` },
      ...(plan.source.kind === 'phantom' || settings.length === 0
        ? []
        : [{ message: `or ${settings.join(' or ')} in the dataset, where the files are so` }]),
    ],
  });
}

/** The attribute that a head predicts: that of its name. Labels without one are the dataset's classes. */
function attributeOf(
  { name, kind, span }: Head,
  { plan, at }: ResolvedDataset,
  reporter: Reporter,
): Pick<HeadPlan, 'attribute'> | undefined {
  if (kind === 'mask') return {};
  const found = attributeNamed(plan, name);
  if (found?.kind === kind) return { attribute: name };
  if (kind === 'label' && found === undefined) return {};
  const unit = '{ unit = "…" }';
  reporter.report('noAttribute', {
    at: span,
    arguments: { dataset: plan.name, head: name, kind, what: kind === 'value' ? 'number' : 'classes' },
    secondary: [{ span: at, text: 'the dataset' }],
    notes: found === undefined ? [] : [`\`${name}\` is a ${found.kind} there`],
    help: [
      {
        message:
          kind === 'value'
            ? `write \`attributes { ${name} ${unit} }\` in the dataset, with its numbers under \`attributes\` in the rows of the manifest`
            : `make it a \`value\` head, or give \`${name}\` \`classes\` instead of a \`unit\``,
      },
    ],
  });
  return undefined;
}

function encodingOf(
  graph: Graph,
  head: Head,
  { several }: LabelSpace,
  reporter: Reporter,
): HeadPlan['encoding'] | undefined {
  const node = graph.nodes[head.node]!;
  const unsuited = (why: string, help: string) => {
    reporter.report('attributeActivation', {
      at: head.span,
      arguments: { head: head.name, activation: node.op, why },
      secondary: [{ span: node.origin.span, text: `ends with \`${node.op}\`` }],
      help: [{ message: help }],
    });
    return undefined;
  };
  if (head.kind === 'value') {
    return node.op === 'softmax' || node.op === 'sigmoid'
      ? unsuited('a number has no bounds', `leave \`${node.op}()\` out: a value head ends with \`dense(1)\``)
      : 'number';
  }
  if (head.kind === 'label' && several) {
    if (node.op === 'softmax') {
      return unsuited('several of its classes may be true at once', 'end it with `sigmoid()`');
    }
    if (node.op === 'sigmoid') return 'multilabel';
  }
  if (node.op === 'softmax') return 'categorical';
  if (node.op === 'sigmoid') return node.shape.at(-1) === 1 ? 'binary' : 'multilabel';
  reporter.report('headActivation', {
    at: head.span,
    arguments: { head: head.name },
    secondary: [{ span: node.origin.span, text: `ends with \`${node.op}\`` }],
    help: [{ message: 'end it with `sigmoid()`, or with `softmax()` for classes that exclude each other' }],
  });
  return undefined;
}

function checkChannels(
  head: HeadPlan,
  at: Span,
  { plan, at: declaredAt }: ResolvedDataset,
  reporter: Reporter,
): boolean {
  const { wanted, why, help } = wantedChannels(head, plan);
  const actual = `${head.channels} ${channelWord(head, head.channels)}`;
  if (head.channels === wanted) return true;
  reporter.report('headChannels', {
    at,
    arguments: {
      head: head.name,
      actual,
      dataset: plan.name,
      expected: wanted === undefined ? why : `needs ${wanted} ${channelWord(head, wanted)}`,
    },
    secondary: [{ span: declaredAt, text: wanted === undefined ? 'the dataset' : why }],
    help: help === undefined ? [] : [{ message: help }],
  });
  return false;
}

function channelWord({ kind }: HeadPlan, count: number): string {
  return `${kind === 'mask' ? 'channel' : 'value'}${count === 1 ? '' : 's'}`;
}

/** How many channels a head needs, and the fact about the dataset that says so. */
function wantedChannels(
  head: HeadPlan,
  plan: DataPlan,
): { readonly wanted: number | undefined; readonly why: string; readonly help?: string } {
  const { kind, encoding } = head;
  const { structures } = plan;
  if (kind === 'value') return { wanted: 1, why: 'one number' };
  if (kind === 'mask') {
    const why = `${structures.length} structure${structures.length === 1 ? '' : 's'}`;
    return encoding === 'categorical'
      ? { wanted: structures.length + 1, why: `${why} and the background` }
      : { wanted: structures.length, why };
  }
  const { classes, several } = labelSpace(head, plan);
  if (classes.length === 0) {
    const help =
      'name the classes in the dataset, such as `classes = ["healthy", "diseased"]`, or leave the head out';
    return { wanted: undefined, why: 'has no classes', help };
  }
  const why = `${classes.length} class${classes.length === 1 ? '' : 'es'}`;
  if (encoding === 'categorical' || several) return { wanted: classes.length, why };
  if (classes.length === 2) return { wanted: 1, why };
  const help = `end the head with ${classes.length} values and \`softmax()\``;
  return { wanted: undefined, why: `has ${why}`, help };
}

/** Cross entropy over classes needs probabilities that sum to 1; the binary losses need separate ones. */
function checkLosses(
  head: HeadPlan,
  loss: readonly LossTerm[],
  placeOfLoss: ResolvedExperiment['placeOfLoss'],
  reporter: Reporter,
): boolean {
  const categorical = head.encoding === 'categorical';
  const wrong = loss.find((term) => {
    if (term.head !== head.name) return false;
    if (term.loss === 'cross_entropy' || term.loss === 'categorical_focal') return !categorical;
    return categorical && (term.loss === 'bce' || term.loss === 'focal');
  });
  if (!wrong) return true;
  const activation = categorical ? 'softmax' : 'sigmoid';
  reporter.report('lossHead', {
    at: placeOfLoss(wrong),
    arguments: {
      loss: wrong.loss,
      expected: `a head that ends with \`${categorical ? 'sigmoid' : 'softmax'}\``,
    },
    notes: [`\`${head.name}\` ends with \`${activation}\``],
    help: [{ message: `use \`${categorical ? 'cross_entropy' : 'bce'}(${head.name})\`` }],
  });
  return false;
}

/** A single sigmoid, and metrics such as sensitivity, have no meaning before it is said which class is positive. */
function checkPositive(
  head: HeadPlan,
  { plan, classesAt }: ResolvedDataset,
  { evaluate, place }: ResolvedExperiment,
  reporter: Reporter,
): boolean {
  if (head.kind !== 'label') return true;
  const { classes, positive, several } = labelSpace(head, plan);
  if (classes.length === 0 || positive !== null || several) return true;
  const metric = (evaluate?.metrics[head.name] ?? []).find((name) => metricFacts(name)?.positive);
  if (head.encoding !== 'binary' && metric === undefined) return true;
  const where = head.attribute === undefined ? '' : `attributes.${head.attribute}.`;
  const first = classes[0]!.name;
  reporter.report('needsPositive', {
    at: head.encoding === 'binary' || !evaluate ? classesAt : place('evaluate', head.name),
    arguments: { what: head.encoding === 'binary' ? 'the sigmoid' : `\`${metric}\``, head: head.name },
    secondary: [{ span: classesAt, text: head.attribute === undefined ? 'the classes' : 'the dataset' }],
    notes: [
      head.encoding === 'binary'
        ? 'its one number is the probability of one of the classes'
        : 'it has no meaning before it is said which class is positive',
    ],
    help: [
      { message: `set \`${where}positive = "${first}"\`, or another class, in the dataset` },
      ...(head.encoding === 'binary' || metric === undefined
        ? []
        : [{ message: `or measure \`${head.name}\` by \`accuracy\` and \`balanced_accuracy\`` }]),
    ],
  });
  return false;
}

/** Only the masks of a softmax have a channel for the background. */
function checkBackground(
  head: HeadPlan,
  loss: readonly LossTerm[],
  placeOfLoss: ResolvedExperiment['placeOfLoss'],
  reporter: Reporter,
): boolean {
  const term = loss.find((own) => own.head === head.name && 'background' in own && own.background === false);
  if (!term || head.encoding === 'categorical') return true;
  reporter.report('noBackground', {
    at: placeOfLoss(term),
    arguments: { loss: term.loss, head: head.name },
    notes: ['it ends with `sigmoid`, so each of its channels is a structure already'],
    help: [{ message: 'leave out `background = false`' }],
  });
  return false;
}
