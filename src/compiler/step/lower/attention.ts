import type { StepBuilder } from '../builder.ts';
import type { Lowered } from './scope.ts';

/**
 * Every pixel of a map as a token: queries, keys and values by one matrix each, for each head
 * `softmax(Q·Kᵀ / √d)·V`, and a matrix for what the heads found together.
 */
export function attention({ node, scope, builder: b, operands: [x] }: Lowered<'attention'>): number {
  const { heads, bias } = node.attributes;
  const [height, width, channels] = node.shape as [number, number, number];
  const { batch } = scope;
  const [tokens, depth] = [height * width, channels / heads];
  const weights = node.weights.map((name) => scope.weight(name));
  const project = (value: number, place: number) => {
    const [kernel, shift] = bias ? weights.slice(2 * place, 2 * place + 2) : [weights[place]];
    const product = b.matmul(value, kernel!);
    return shift === undefined ? product : b.add(product, b.reshape(shift, [1, channels]));
  };
  const flat = b.reshape(x!, [batch * tokens, channels]);
  const [query, key, value] = [0, 1, 2].map((place) => {
    const parts = b.reshape(project(flat, place), [batch, tokens, heads, depth]);
    return b.reshape(b.transpose(parts, [0, 2, 1, 3]), [batch * heads, tokens, depth]);
  });
  const found = b.matmul(shares(b, query!, key!, depth), value!);
  const joined = b.transpose(b.reshape(found, [batch, heads, tokens, depth]), [0, 2, 1, 3]);
  const result = project(b.reshape(joined, [batch * tokens, channels]), 3);
  return b.reshape(result, [batch, height, width, channels]);
}

/** How much every token takes from every other; a root in the queries makes fewer numbers to divide. */
function shares(b: StepBuilder, query: number, key: number, depth: number): number {
  return b.apply('softmax', [b.matmul(b.scale(query, 1 / Math.sqrt(depth)), key, [false, true])], {});
}
