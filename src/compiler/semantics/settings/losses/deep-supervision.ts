import type * as ast from '../../../syntax/ast.ts';
import { describe } from '../../values/describe.ts';
import { add, divide, isZero, multiply, type Rational, whole } from '../../values/rational.ts';
import type { Value } from '../../values/values.ts';
import { argumentNodes } from '../calls.ts';
import { numbers } from '../constants.ts';
import type { Reading } from '../table.ts';
import type { SettingNode } from '../tree.ts';
import { reportForm } from './form.ts';
import { headOf } from './head.ts';
import { isTerms, type Part } from './terms.ts';

/** Losses of one head, and the same of others with less weight: `deep_supervision(dice(full), also = [half, quarter])`. */
export function deepSupervision(
  call: ast.Call,
  setting: SettingNode,
  of: (expression: ast.Expression) => Part | undefined,
  reading: Reading,
): Part | undefined {
  const formals = [
    { name: 'loss', required: true },
    { name: 'also', required: true },
    { name: 'weights', required: false },
  ];
  const nodes = argumentNodes('deep_supervision', formals, call, setting, reading);
  const [inner, also] = ['loss', 'also'].map((name) => nodes.get(name)?.entry?.value);
  if (!inner || !also || nodes.size < call.arguments.length) return undefined;
  const terms = of(inner);
  if (terms === undefined) return undefined;
  if (!isTerms(terms)) {
    reportForm(inner, describe(terms as Value), reading);
    return undefined;
  }
  const problem = (at: ast.Expression, text: string) => {
    reading.reporter.report('deepSupervision', {
      at: at.span,
      arguments: { problem: text },
      notes: ['such as `deep_supervision(dice(full) + cross_entropy(full), also = [half, quarter])`'],
    });
    return undefined;
  };
  const [first] = terms;
  const other = terms.find(({ head }) => head !== first!.head);
  if (other) {
    const [one, two] = [first!.head.name.text, other.head.name.text];
    return problem(
      inner,
      `\`deep_supervision\` repeats losses of one head, and these are of \`${one}\` and \`${two}\``,
    );
  }
  const items = also.kind === 'list' ? also.items : [also];
  if (items.length === 0) return problem(also, '`also` names no other head');
  const heads: ast.Head[] = [first!.head];
  for (const item of items) {
    for (const term of terms) {
      const kinds = [term.head.headKind.text];
      const head = headOf('deep_supervision', kinds, item, call, reading);
      if (!head) return undefined;
      if (term !== first) continue;
      if (heads.includes(head)) return problem(item, `\`${head.name.text}\` is supervised already`);
      heads.push(head);
    }
  }
  const shares = sharesOf(nodes.get('weights'), heads.length, reading, problem);
  return (
    shares &&
    heads.flatMap((head, place) => {
      return terms.map((term) => ({ ...term, head, weight: multiply(term.weight, shares[place]!) }));
    })
  );
}

/** Of the heads of a deep supervision: as given, else each half of the one before; they sum to 1. */
function sharesOf(
  node: SettingNode | undefined,
  count: number,
  reading: Reading,
  problem: (at: ast.Expression, text: string) => undefined,
): readonly Rational[] | undefined {
  let relative = Array.from({ length: count }, (_, place) => whole(2 ** (count - 1 - place)));
  if (node?.entry) {
    const { value: at, home } = node.entry;
    if (numbers({ minimum: 0 }).read(node, reading) === undefined) return undefined;
    const list = reading.evaluation(home).evaluate(at);
    relative = list.kind === 'list' ? list.items.map((item) => (item as { value: Rational }).value) : [];
    if (relative.length !== count) {
      return problem(
        at,
        `\`weights\` has ${relative.length} number${relative.length === 1 ? '' : 's'}, and there are ${count} heads`,
      );
    }
  }
  const sum = relative.reduce(add);
  if (isZero(sum)) return problem(node!.entry!.value, 'all `weights` are 0');
  return relative.map((weight) => divide(weight, sum));
}
