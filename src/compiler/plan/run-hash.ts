import { sha256Hex } from '../source/sha256.ts';
import { attributeNamed } from './attributes.ts';
import type { DataPlan, HeadPlan, LossTerm, RunPlan, StartingWeights } from './run-plan.ts';

/**
 * The identity of a run, 32 hexadecimal digits: equal for plans that train and judge the same network on the same data
 * in the same way. Names of experiments, datasets, classes, structures and heads do not count, nor do units, the published
 * values, the margins of comparisons and the memory of a step; heads, classes and structures count by their order, attributes by the
 * heads that predict them. Data are what they hold: the path
 * of a manifest counts only where its content is not known.
 */
export function runHash(plan: Omit<RunPlan, 'hash'>): string {
  const { network, heads, loss, data, train, augment, evaluate } = plan;
  const headAt = (name: string) => heads.findIndex((head) => head.name === name);
  const {
    name: _,
    unit: _unit,
    attributes: _attributes,
    classes,
    positive,
    structures,
    expect,
    ...files
  } = data;
  // What is computed anew is the same as what is kept.
  const { margins: _margins, ...judging } = evaluate;
  const { memory: _memory, head_bias, restart = 0, start, ...training } = train;
  const identity = {
    network: network.hash,
    heads: heads.map((head) => {
      const { kind, channels, encoding } = head;
      return { kind, channels, encoding, ...predictedBy(head, data) };
    }),
    loss: loss
      .map((term) => ({
        ...withoutUsual(identityOfLoss(term), { background: true }),
        head: headAt(term.head),
      }))
      .sort((a, b) => a.head - b.head),
    data: {
      ...files,
      source: identityOf(data.source),
      classes: classes.map(({ labels }) => labels),
      positive: classes.findIndex((item) => item.name === positive),
      structures: structures.map(({ values }) => values),
      expect: { images: expect.images, patients: expect.patients },
    },
    // Biases at 0 and no second try are what runs had before there was a choice.
    train: {
      ...training,
      ...(start !== undefined && { start: start.map(identityOfStart) }),
      optimizer: withoutUsual(training.optimizer, { nesterov: false }),
      // Runs from before their kernels began near zero are others.
      ...(head_bias === 'prior' && { head_bias, head_kernel: 'near zero' }),
      ...(restart > 0 && { restart }),
    },
    augment,
    evaluate: {
      ...judging,
      metrics: heads.map(({ name }) => [...(evaluate.metrics[name] ?? [])].sort()),
    },
  };
  return sha256Hex(canonical(identity)).slice(0, 32);
}

/** The plan with the digest of its data, or without one; a phantom is what its settings say. */
export function withContent(plan: RunPlan, content: string | null): RunPlan {
  const { source } = plan.data;
  if (source.kind !== 'manifest' || (source.content ?? null) === content) return plan;
  const { content: _content, ...bare } = source;
  const { hash: _hash, ...rest } = plan;
  const data = { ...plan.data, source: content === null ? bare : { ...bare, content } };
  return { ...rest, data, hash: runHash({ ...rest, data }) };
}

/** The plan of a quick trial on a few patients: another identity, so that nothing takes it for the whole. */
export function withLimit(plan: RunPlan, limit: number): RunPlan {
  const { hash: _hash, ...rest } = plan;
  const data = { ...plan.data, limit };
  return { ...rest, data, hash: runHash({ ...rest, data }) };
}

/** What a head's attribute is, without the names of it, of its classes and of its unit. */
function predictedBy({ attribute }: HeadPlan, data: DataPlan): object {
  const found = attributeNamed(data, attribute);
  if (found === undefined) return {};
  if (found.kind === 'value') {
    const { column, scale, of } = found;
    return { attribute: { column, scale, of } };
  }
  const { column, classes, positive, several } = found;
  return {
    attribute: {
      column,
      classes: classes.map(({ labels }) => labels),
      positive: classes.findIndex(({ name }) => name === positive),
      several,
    },
  };
}

/** The plan with what the runs are whose weights it starts with, in the order of its entries. */
export function withStart(plan: RunPlan, identities: readonly string[]): RunPlan {
  const { hash: _hash, ...rest } = plan;
  const start = (plan.train.start ?? []).map((one, index) => ({ ...one, identity: identities[index]! }));
  const train = { ...plan.train, start };
  return { ...rest, train, hash: runHash({ ...rest, train }) };
}

/** What a run is counts, where it lies only as long as that is not known. */
function identityOfStart({ part, run, fold, identity }: StartingWeights): object {
  return identity === undefined ? { part, run, fold } : { part, identity };
}

/** Settings without those that have the only value that there was before they could be chosen. */
function withoutUsual(settings: object, usual: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(
    Object.entries(settings).filter(([key, value]) => !(key in usual) || usual[key] !== value),
  );
}

/** What a declared loss computes, whatever it is called; of the others their parameters, which say what they compute. */
function identityOfLoss(term: LossTerm): object {
  if (term.loss === 'declared') {
    const { name: _, parameters: _parameters, ...computed } = term;
    return computed;
  }
  const { formula: _, ...named } = term;
  return named;
}

function identityOf(source: DataPlan['source']): object {
  return source.kind === 'manifest' && source.content !== undefined
    ? { kind: source.kind, content: source.content }
    : source;
}

/** JSON with the keys of every object in alphabetical order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, part) =>
    part !== null && typeof part === 'object' && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}
