import type * as ast from '../../syntax/ast.ts';
import type { Reporter } from '../program/program.ts';
import type { Value } from './values.ts';

/** What evaluating an expression needs: names, and a way to go on with the parts of the expression. */
export interface Evaluation {
  readonly reporter: Reporter;
  /** The value of a name; reports one that nothing has. */
  lookup(name: ast.Name): Value;
  /** An operation or block with some of its arguments; undefined for other callees. Absent where there can be none. */
  partly?(call: ast.Call, callee: Value): Value | undefined;
  /** The value of a part of the expression. Bodies of networks know more kinds of expressions than constants have. */
  evaluate(expression: ast.Expression): Value;
}
