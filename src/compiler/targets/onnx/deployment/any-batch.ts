import type { OnnxModel } from '../model.ts';
import type { Attribute } from '../node.ts';

/** What a model that takes another one over gives it, and calls its parts. */
export interface Joining {
  /** How many images there are, `[1]`, a whole number. */
  readonly batch: string;
  /** What the other model's inputs are here. */
  readonly inputs: ReadonlyMap<string, string>;
  /** Begins the names of what it makes. */
  readonly prefix: string;
}

/**
 * Takes over the nodes of a network that was lowered for batches of two and once more for batches of three: numbers that
 * differ grow with the batch, and are worked out of its size. Gives what its outputs are here, by name. Throws where more
 * than numbers differ.
 */
export function joinForAnyBatch(
  model: OnnxModel,
  [two, three]: readonly [OnnxModel, OnnxModel],
  { batch, inputs, prefix }: Joining,
): ReadonlyMap<string, string> {
  const [own, other] = [two.content, three.content];
  const names = new Map(inputs);
  const worked = new Map<string, string>();
  const differ = (what: string) =>
    new Error(`the network differs in ${what} between batches of two and of three`);
  if (own.nodes.length !== other.nodes.length) throw differ('its nodes');

  const growing = (small: readonly number[], large: readonly number[]): string => {
    const key = `${small} ${large}`;
    const known = worked.get(key);
    if (known !== undefined) return known;
    const step = small.map((value, place) => large[place]! - value);
    const base = small.map((value, place) => value - 2 * step[place]!);
    const [part] = model.nodes('Mul', [batch, model.ints(step)], {});
    const [sum] = model.nodes('Add', [part!, model.ints(base)], {});
    worked.set(key, sum!);
    return sum!;
  };
  const constant = (name: string, twin: string): string => {
    const [small, large] = [own.ints.get(name), other.ints.get(twin)];
    if (small !== undefined && large !== undefined && small.length === large.length) {
      return `${small}` === `${large}` ? model.ints(small) : growing(small, large);
    }
    if (`${own.sizes.get(name)}` !== `${other.sizes.get(twin)}`) throw differ(`the constant ${name}`);
    return model.adopt(`${prefix}${name}`, own.constants.get(name)!);
  };

  for (const [place, node] of own.nodes.entries()) {
    const twin = other.nodes[place]!;
    if (twin.op !== node.op || written(twin.attributes) !== written(node.attributes))
      throw differ(`${node.op} of ${node.label}`);
    const given = node.inputs.map((name, index) => {
      if (name === '') return '';
      if (own.constants.has(name)) return constant(name, twin.inputs[index]!);
      const found = names.get(name);
      if (found === undefined) throw new Error(`the network reads ${name}, which nothing gives`);
      return found;
    });
    const { domain, label } = node;
    const made = model.nodes(node.op, given, node.attributes, {
      domain,
      label,
      results: node.results.length,
    });
    for (const [index, result] of node.results.entries()) names.set(result, made[index]!);
  }
  return new Map([...own.results].map(([output, result]) => [output, names.get(result)!]));
}

function written(attributes: Readonly<Record<string, Attribute>>): string {
  return JSON.stringify(attributes);
}
