import type { Graph } from '../ir/graph.ts';
import type { LossTerm, RunPlan } from '../plan/run-plan.ts';

/** A value that two experiments do not share, as the language would write it; null where one has no such setting. */
export interface SettingDifference {
  /** `train.optimizer.lr`, `model.width`, `loss.segmentation`. */
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** The parts of an experiment that have settings, in the order in which a spec has them. */
export const parts = ['model', 'heads', 'loss', 'data', 'train', 'augment', 'evaluate'] as const;
export type Part = (typeof parts)[number];

/** The part that a path belongs to. */
export function partOf(path: string): Part {
  return parts.find((part) => path === part || path.startsWith(`${part}.`))!;
}

/** The place of a path's part in a spec. */
export function order(path: string): number {
  return parts.indexOf(partOf(path));
}

/** What a side of a difference is resolved to. */
export interface Resolved {
  readonly graph: Graph;
  readonly plan: RunPlan;
}

/** The settings in which two experiments differ, in the order in which a spec has them. Equal ones are left out. */
export function settingDifferences(before: Resolved, after: Resolved): readonly SettingDifference[] {
  const found: SettingDifference[] = [];
  compare('', settingsOf(before), settingsOf(after), found);
  return found;
}

/** The settings of an experiment by path: names and published values are no part of it. */
function settingsOf({ graph, plan }: Resolved): { readonly [P in Part]: Tree } {
  const { heads, loss, data, train, augment, evaluate } = plan;
  const parameters = graph.parameters.map(({ name, value }) => [name, value] as const);
  const losses = new Map<string, string[]>();
  for (const term of loss) losses.set(term.head, [...(losses.get(term.head) ?? []), lossText(term)]);
  const { name: dataset, ...images } = data;
  // Of k folds the held-out fraction follows from their number, and a holdout has one fold.
  const { count, fraction, ...dealing } = evaluate.folds;
  const folds = { ...dealing, ...(dealing.kind === 'kfold' ? { count } : { fraction }) };
  return {
    model: { '': graph.name, ...Object.fromEntries(parameters) },
    heads: Object.fromEntries(heads.map(({ name, ...head }) => [name, head])),
    loss: Object.fromEntries([...losses].map(([head, terms]) => [head, terms.join(' + ')])),
    data: { '': dataset, ...images },
    train,
    augment,
    evaluate: { ...evaluate, folds },
  } as unknown as { readonly [P in Part]: Tree };
}

/** Plain data: what a plan is made of. */
type Plain = string | number | boolean | null | readonly Plain[] | Tree;
type Tree = { readonly [key: string]: Plain };

function compare(
  path: string,
  before: Plain | undefined,
  after: Plain | undefined,
  found: SettingDifference[],
): void {
  if (isTree(before) && isTree(after) && before['kind'] === after['kind']) {
    // The names of network and dataset stand at the paths of the model and the data themselves.
    const below = (key: string) => (path === '' || key === '' ? path + key : `${path}.${key}`);
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(below(key), before[key], after[key], found);
    }
    return;
  }
  const [left, right] = [written(before), written(after)];
  if (left !== right) found.push({ path, before: left, after: right });
}

function isTree(value: Plain | undefined): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function written(value: Plain | undefined): string | null {
  if (value === undefined) return null;
  if (value === null) return 'none';
  if (Array.isArray(value)) return `[${value.map(written).join(', ')}]`;
  if (!isTree(value)) return String(value);
  const { kind, ...rest } = value;
  const parts = Object.entries(rest).map(([name, part]) => `${name} = ${written(part)}`);
  if (kind === undefined) return `{ ${parts.join(', ')} }`;
  return parts.length === 0 ? String(kind) : `${kind}(${parts.join(', ')})`;
}

/** `0.9 * jaccard(smooth = 1, reduction = image)`. */
function lossText(term: LossTerm): string {
  const { weight, head: _, formula: _formula, ...rest } = term;
  if (rest.loss === 'declared') return `${weight} * ${written({ kind: rest.name, ...rest.parameters })}`;
  const { loss, ...parameters } = rest;
  return `${weight} * ${written({ kind: loss, ...(parameters as Tree) })}`;
}
