import type { Graph, Node } from '../../ir/graph.ts';
import type { Shape } from '../../ir/shape.ts';
import type { ModuleClass } from './classes.ts';
import { formOf, type StoredWeight } from './forms.ts';

/** Where a module lies in the network: `encoder.f1.chain_0.conv`. */
export interface Placed {
  readonly node: Node;
  readonly path: string;
}

/** The modules that own weights or settings, where they lie, in the order in which they run. */
export function placedModules(network: ModuleClass): readonly Placed[] {
  const walk = (one: ModuleClass, part: ModuleClass['parts'][number], around: string): readonly Placed[] =>
    one.members.flatMap(({ name, what }, index) => {
      const path = around === '' ? name : `${around}.${name}`;
      const member = part.members[index]!;
      if (what.kind === 'part') return walk(what.of, member as ModuleClass['parts'][number], path);
      return formOf(member as Node).module ? [{ node: member as Node, path }] : [];
    });
  return walk(network, network.parts[0]!, '');
}

/** Modules that share the weights of one before them: what the network says so that they are one. */
export function sharedModules(placed: readonly Placed[]): readonly string[] {
  const owners = new Map<string, string>();
  return placed.flatMap(({ node, path }) => {
    const [first] = node.weights;
    if (first === undefined) return [];
    const owner = owners.get(first);
    if (owner === undefined) owners.set(first, path);
    return owner === undefined ? [] : [`self.${path} = self.${owner}`];
  });
}

/** Values with their sizes. */
export interface StoredTensor {
  readonly shape: Shape;
  readonly values: Float32Array;
}

/** Weights as PyTorch stores them, by the names of its state dict; shared ones under the first of their modules. */
export function stateDict(
  graph: Graph,
  placed: readonly Placed[],
  weights: ReadonlyMap<string, ArrayLike<number>>,
): ReadonlyMap<string, StoredTensor> {
  const done = new Set<string>();
  return new Map(
    placed.flatMap(({ node, path }) =>
      storedWeights(node).flatMap((stored, index) => {
        const { name, shape } = graph.weights.get(node.weights[index]!)!;
        if (done.has(name)) return [];
        done.add(name);
        return [[`${path}.${stored.name}`, turned(weights.get(name)!, shape, stored)] as const];
      }),
    ),
  );
}

function storedWeights(node: Node): readonly StoredWeight[] {
  return formOf(node).weights?.(node.attributes as never) ?? [];
}

function turned(values: ArrayLike<number>, shape: Shape, { order, joined }: StoredWeight): StoredTensor {
  if (order === null) return { shape, values: Float32Array.from(values) };
  const sizes = order.map((axis) => shape[axis]!);
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  const result = new Float32Array(values.length);
  const place = sizes.map(() => 0);
  for (let index = 0; index < result.length; index++) {
    let from = 0;
    for (let axis = 0; axis < place.length; axis++) from += place[axis]! * steps[order[axis]!]!;
    result[index] = values[from]!;
    for (let axis = place.length - 1; axis >= 0; axis--) {
      place[axis]! += 1;
      if (place[axis]! < sizes[axis]!) break;
      place[axis] = 0;
    }
  }
  const stored = joined === undefined ? sizes : [sizes[0]! * sizes[1]!, 1, ...sizes.slice(2)];
  return { shape: stored, values: result };
}
