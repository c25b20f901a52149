import { listed } from '../diagnostics/listing.ts';
import type { Node } from './graph.ts';
import { formatShape, type Shape } from './shape.ts';

/** Why two maps that should meet have different sizes: an odd size was halved on the way. */
export interface SizeStory {
  /** The axes that tell it: 0 for rows, 1 for columns. */
  readonly axes: readonly (0 | 1)[];
  /** One sentence per axis: `218 halves to 109, 55, 28 and 14; doubling 14 gives 28, then 56`. */
  readonly notes: readonly string[];
  /** The smallest input that has no odd size on the way, `[height, width, channels]`. */
  readonly image: Shape;
  readonly help: string;
}

/**
 * Tells how the sizes of nodes came about, from the image on; undefined when no size was rounded on the way, so that
 * padding the image would not help. `ids` are the operands that disagree, or the one node that disagrees with the image.
 */
export function sizeStory(nodes: readonly Node[], ids: readonly number[]): SizeStory | undefined {
  const input = nodes[0];
  if (input?.op !== 'input') return undefined;
  const roundedAxes = ([0, 1] as const).flatMap((axis) => {
    const history = ids.map((id) => sizesTo(nodes, id, axis)).reduce(longer);
    const fall = history.findIndex((size, index) => index > 0 && size > history[index - 1]!);
    const falling = fall === -1 ? history : history.slice(0, fall);
    const rising = fall === -1 ? [] : history.slice(fall);
    const agree = ids.length === 1 ? history.at(-1) === history[0] : sameSize(nodes, ids, axis);
    return agree || falling.every(dividesNext)
      ? []
      : [{ axis, note: tell(falling, rising), stride: totalStride(falling) }];
  });
  if (roundedAxes.length === 0) return undefined;
  const stride = Math.max(...roundedAxes.map((axis) => axis.stride));
  const [height, width, channels] = input.shape.map((size, axis) =>
    axis < 2 ? Math.ceil(size / stride) * stride : size,
  );
  const image = [height!, width!, channels!];
  return {
    axes: roundedAxes.map(({ axis }) => axis),
    notes: roundedAxes.map(({ note }) => note),
    image,
    help: `use \`input ${input.attributes.name}: [${image.join(', ')}]\` with \`fit = pad(${height}, ${width})\` in the dataset, so that ${stride} divides ${formatShape(image.slice(0, 2))}`,
  };
}

/** The sizes of one axis on the way from the image to a node, without repetitions; the way with the most changes. */
function sizesTo(nodes: readonly Node[], id: number, axis: 0 | 1): readonly number[] {
  const sizesByNode = new Map<number, readonly number[]>();
  for (const node of nodes.slice(0, id + 1)) {
    const size = node.shape.length === 3 ? node.shape[axis]! : undefined;
    const before = node.operands.map((operand) => sizesByNode.get(operand)!).reduce(longer, []);
    sizesByNode.set(node.id, size === undefined || size === before.at(-1) ? before : [...before, size]);
  }
  return sizesByNode.get(id)!;
}

function longer(a: readonly number[], b: readonly number[]): readonly number[] {
  return b.length > a.length ? b : a;
}

function sameSize(nodes: readonly Node[], ids: readonly number[], axis: 0 | 1): boolean {
  return ids.every((id) => nodes[id]!.shape[axis] === nodes[ids[0]!]!.shape[axis]);
}

function dividesNext(size: number, index: number, sizes: readonly number[]): boolean {
  return index + 1 >= sizes.length || size % sizes[index + 1]! === 0;
}

function totalStride(falling: readonly number[]): number {
  return falling.slice(1).reduce((stride, size, index) => stride * Math.round(falling[index]! / size), 1);
}

function tell(falling: readonly number[], rising: readonly number[]): string {
  const [first, ...smaller] = falling;
  const halves = smaller.every(
    (size, index) => Math.ceil(falling[index]! / 2) === size || Math.floor(falling[index]! / 2) === size,
  );
  const down = `${first} ${halves ? 'halves' : 'shrinks'} to ${listed(smaller.map(String))}`;
  if (rising.length === 0) return down;
  const start = falling.at(-1)!;
  const doubles = rising.every((size, index) => size === 2 * (rising[index - 1] ?? start));
  return `${down}; ${doubles ? 'doubling' : 'enlarging'} ${start} gives ${rising.join(', then ')}`;
}
