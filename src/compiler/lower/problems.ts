import type { codes } from '../diagnostics/codes.ts';
import type { Advice, Label } from '../diagnostics/diagnostic.ts';
import type { Node } from '../ir/graph.ts';
import type { Problem } from '../ir/operations/entry.ts';
import { formatShape } from '../ir/shape.ts';
import { sizeStory } from '../ir/size-story.ts';
import type { Reporter } from '../semantics/program/program.ts';
import type { Span } from '../source/span.ts';

/** The places that a problem can point to. */
export interface Blame {
  /** The call that failed. */
  readonly call: Span;
  /** The operands as written, with the nodes that they are. */
  readonly operands: readonly { readonly node: number; readonly span: Span }[];
  /** The arguments as written. */
  readonly arguments: ReadonlyMap<string, Span>;
}

const sizeProblems: ReadonlySet<string> = new Set([
  'addShape',
  'subtractShape',
  'concatShape',
  'multiplyShape',
  'unpoolShape',
  'maskShape',
] satisfies Problem['problem'][]);

/** Reports what a shape rule found at the places that are to blame, with the story of sizes that do not meet. */
export function reportProblem(
  problem: Problem,
  blame: Blame,
  nodes: readonly Node[],
  reporter: Reporter,
): void {
  const operands = (problem.operands ?? []).map((position) => blame.operands[position]!);
  const labels: readonly Label[] = operands.map(({ node, span }) => ({
    span,
    text: formatShape(nodes[node]!.shape),
  }));
  const argument = problem.parameter === undefined ? undefined : blame.arguments.get(problem.parameter);
  const primary: Label = argument
    ? { span: argument, text: '' }
    : (labels.at(-1) ?? { span: blame.call, text: '' });
  const story = sizeProblems.has(problem.problem)
    ? sizeStory(
        nodes,
        operands.map(({ node }) => node),
      )
    : undefined;
  const help: readonly Advice[] = [...(problem.help ?? []), ...(story ? [story.help] : [])].map(
    (message) => ({
      message,
    }),
  );
  reporter.report(problem.problem as keyof typeof codes, {
    at: primary.span,
    arguments: problem.arguments as never,
    label: primary.text,
    secondary: [
      ...labels.filter((label) => label.span !== primary.span),
      ...(story ? [imageLabel(nodes, story.axes)] : []),
    ],
    notes: [...(problem.notes ?? []), ...(story?.notes ?? [])],
    help,
  });
}

function imageLabel(nodes: readonly Node[], axes: readonly (0 | 1)[]): Label {
  const image = nodes[0]!;
  const sizes = axes.map((axis) => `${image.shape[axis]} ${axis === 0 ? 'rows' : 'columns'}`);
  return { span: image.origin.span, text: `${sizes.join(' and ')} here` };
}
