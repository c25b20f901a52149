import type { Span } from '../source/span.ts';

/**
 * A name as written, with its place. Every name in the tree is one of these. Where error recovery left none, the text is
 * empty and raises no second diagnostic.
 */
export interface Name {
  readonly kind: 'name';
  readonly text: string;
  readonly span: Span;
}

/** A comment as written, with its slashes and its place; `documentation` ones start with `///`. */
export interface Comment {
  readonly text: string;
  readonly documentation: boolean;
  readonly span: Span;
}

/** One `.cmrnet` file. `comments` are in order; documentation also hangs on the nodes that it precedes. */
export interface File {
  readonly kind: 'file';
  /** The edition after `cmrnet`, or undefined when the line is missing. */
  readonly edition: NumberLiteral | undefined;
  readonly imports: readonly Import[];
  readonly declarations: readonly Declaration[];
  readonly comments: readonly Comment[];
  readonly span: Span;
}

/** `import { A, B } from "./file.cmrnet"` */
export interface Import {
  readonly kind: 'import';
  readonly names: readonly Name[];
  readonly from: StringLiteral;
  readonly span: Span;
}

/** `@paper("Sec. 3.1")` */
export interface Annotation {
  readonly kind: 'annotation';
  readonly name: Name;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

interface Documented {
  readonly annotations: readonly Annotation[];
  /** The text of the `///` lines above, without the slashes; undefined when there are none. */
  readonly documentation: string | undefined;
}

export type Declaration = Block | Network | Loss | Dataset | Experiment | Variant | Sweep | Compare;

/** A reusable piece of a graph. */
export interface Block extends Documented {
  readonly kind: 'block';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly body: Graph;
  readonly span: Span;
}

/** A block that may have heads and be trained. */
export interface Network extends Documented {
  readonly kind: 'network';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly body: Graph;
  readonly span: Span;
}

/** `loss Tversky(alpha: real = 0.3) of mask { … }`: how a head is measured against its truth. */
export interface Loss extends Documented {
  readonly kind: 'loss';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  /** The kind of head that it is of. */
  readonly headKind: Name;
  readonly body: Graph;
  readonly span: Span;
}

export interface Dataset extends Documented {
  readonly kind: 'dataset';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly settings: Settings;
  readonly span: Span;
}

export interface Experiment extends Documented {
  readonly kind: 'experiment';
  readonly name: Name;
  readonly parameters: readonly Parameter[];
  readonly settings: Settings;
  readonly span: Span;
}

/** `variant NoDac of Paper { model.context = Identity }` */
export interface Variant extends Documented {
  readonly kind: 'variant';
  readonly name: Name;
  readonly of: Name;
  readonly body: Derived;
  readonly span: Span;
}

/** `sweep SerialRates of Paper { vary … }` */
export interface Sweep extends Documented {
  readonly kind: 'sweep';
  readonly name: Name;
  readonly of: Name;
  readonly body: Derived;
  readonly span: Span;
}

/** `compare Context of [Paper, NoDac] { report … }` */
export interface Compare extends Documented {
  readonly kind: 'compare';
  readonly name: Name;
  readonly of: ListLiteral;
  readonly body: Derived;
  readonly span: Span;
}

export interface Parameter extends Documented {
  readonly kind: 'parameter';
  readonly name: Name;
  readonly type: TypeExpression;
  /** The expression after `in`: a range or a list. */
  readonly bounds: Expression | undefined;
  readonly initial: Expression | undefined;
  readonly span: Span;
}

/** `int`, `real[3]`, `block`, `"same" | "valid"[]`. */
export interface TypeExpression {
  readonly kind: 'type';
  readonly base:
    | { readonly kind: 'named'; readonly name: Name }
    | { readonly kind: 'choice'; readonly options: readonly StringLiteral[] };
  /** `[]` is `{ length: undefined }`, `[3]` has length 3; undefined when the type is not a list. */
  readonly list: { readonly length: NumberLiteral | undefined } | undefined;
  readonly span: Span;
}

/** The body of a block, network or stage: statements in order. */
export interface Graph {
  readonly kind: 'graph';
  readonly statements: readonly Statement[];
  readonly span: Span;
}

export type Statement = Input | Let | Layer | Stage | Head | Output;

/** `input x: [h, w, _]` */
export interface Input extends Documented {
  readonly kind: 'input';
  readonly name: Name;
  readonly shape: ShapeExpression;
  readonly span: Span;
}

export interface Let extends Documented {
  readonly kind: 'let';
  readonly name: Name;
  readonly shape: ShapeExpression | undefined;
  readonly value: Expression;
  readonly span: Span;
}

/** A layer owns its weights; naming it again reuses them. */
export interface Layer extends Documented {
  readonly kind: 'layer';
  readonly name: Name;
  readonly value: Expression;
  readonly span: Span;
}

export interface Stage extends Documented {
  readonly kind: 'stage';
  readonly name: Name;
  readonly body: Graph;
  readonly span: Span;
}

/** `head segmentation: mask = …` */
export interface Head extends Documented {
  readonly kind: 'head';
  readonly name: Name;
  readonly headKind: Name;
  readonly value: Expression;
  readonly span: Span;
}

/** `output x : [h, w, c]`, or `output low = x : [h, w, c]` in a block of several. */
export interface Output extends Documented {
  readonly kind: 'output';
  readonly name: Name | undefined;
  readonly value: Expression;
  readonly shape: ShapeExpression | undefined;
  readonly span: Span;
}

/** `[h, w, _]`: each axis is an expression; a bare unknown name binds the axis, `_` takes anything. */
export interface ShapeExpression {
  readonly kind: 'shape';
  readonly axes: readonly Expression[];
  readonly span: Span;
}

/** `{ key = value … }`: nested settings in the order written. */
export interface Settings {
  readonly kind: 'settings';
  readonly entries: readonly Setting[];
  readonly span: Span;
}

/** `train.epochs = 40` or `train { … }`. */
export interface Setting extends Documented {
  readonly kind: 'setting';
  readonly path: Path;
  readonly value: Expression | Settings;
  readonly span: Span;
}

export interface Path {
  readonly kind: 'path';
  readonly names: readonly Name[];
  readonly span: Span;
}

/** The body of a variant, sweep or compare. */
export interface Derived {
  readonly kind: 'derived';
  readonly items: readonly (Setting | Axis | Report)[];
  readonly span: Span;
}

/** `vary a in …`, or `vary (a, b) in …` for paired values. */
export interface Axis extends Documented {
  readonly kind: 'axis';
  readonly paths: readonly Path[];
  /** True for the parenthesised form, even with one path. */
  readonly paired: boolean;
  readonly values: Expression;
  readonly span: Span;
}

/** `report a, b` or `plot a, b by c`. */
export interface Report extends Documented {
  readonly kind: 'report';
  readonly verb: 'report' | 'plot';
  readonly paths: readonly Path[];
  readonly by: Path | undefined;
  readonly span: Span;
}

export type Expression =
  | NumberLiteral
  | StringLiteral
  | BooleanLiteral
  | Reference
  | ListLiteral
  | Spread
  | Tuple
  | Range
  | Pipe
  | Repeat
  | Binary
  | Negation
  | Member
  | Index
  | Call
  | Hole;

/** The units a number may carry. `%` divides by 100. */
export type Unit = '%' | 'deg' | 'px' | 'mm' | 'ms' | 'GB' | 'MB';

export interface NumberLiteral {
  readonly kind: 'number';
  /** The digits as written, without the unit; decimals are kept exact until they are computed with. */
  readonly text: string;
  readonly unit: Unit | undefined;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  /** The value, without quotes and with escapes resolved. */
  readonly value: string;
  readonly span: Span;
}

export interface BooleanLiteral {
  readonly kind: 'boolean';
  readonly value: boolean;
  readonly span: Span;
}

/** A bare name in an expression. */
export interface Reference {
  readonly kind: 'reference';
  readonly name: Name;
  readonly span: Span;
}

/** `...list` inside a list: its items. */
export interface Spread {
  readonly kind: 'spread';
  readonly value: Expression;
  readonly span: Span;
}

export interface ListLiteral {
  readonly kind: 'list';
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** Two or more expressions in parentheses. A single one in parentheses is `{ kind: 'tuple', items: [e] }`. */
export interface Tuple {
  readonly kind: 'tuple';
  readonly items: readonly Expression[];
  readonly span: Span;
}

/** `low .. high step by` */
export interface Range {
  readonly kind: 'range';
  readonly low: Expression;
  readonly high: Expression;
  readonly step: Expression | undefined;
  readonly span: Span;
}

/** `value |> applied`; chains nest to the left. `applied` is a call, a reference or a repeat. */
export interface Pipe {
  readonly kind: 'pipe';
  readonly value: Expression;
  readonly applied: Expression;
  readonly span: Span;
}

/** `serial r in rates { Unit(width, rate = r) }`; occurs only as the applied side of a pipe. */
export interface Repeat {
  readonly kind: 'repeat';
  readonly mode: 'serial' | 'parallel';
  /** One name, or a name for each part of an item: `serial (map, rate) in zip(maps, rates)`. */
  readonly variables: readonly Name[];
  readonly over: Expression;
  /** The layers applied in turn, at least one. */
  readonly body: readonly Expression[];
  readonly span: Span;
}

/** The signs that compare two constants. */
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

export interface Binary {
  readonly kind: 'binary';
  readonly operator: '+' | '-' | '*' | '/' | '**' | Comparison;
  readonly left: Expression;
  readonly right: Expression;
  readonly span: Span;
}

export interface Negation {
  readonly kind: 'negation';
  readonly value: Expression;
  readonly span: Span;
}

/** `encoder.end` */
export interface Member {
  readonly kind: 'member';
  readonly of: Expression;
  readonly name: Name;
  readonly span: Span;
}

/** `rates[0]` */
export interface Index {
  readonly kind: 'index';
  readonly of: Expression;
  readonly at: Expression;
  readonly span: Span;
}

export interface Call {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly arguments: readonly Argument[];
  readonly span: Span;
}

export interface Argument {
  readonly kind: 'argument';
  readonly form: 'positional' | 'named' | 'spread';
  readonly name: Name | undefined;
  readonly value: Expression;
  readonly span: Span;
}

/** Where error recovery left nothing. Raises no second diagnostic. */
export interface Hole {
  readonly kind: 'hole';
  readonly span: Span;
}

export type Node =
  | File
  | Import
  | Annotation
  | Declaration
  | Parameter
  | TypeExpression
  | Graph
  | Statement
  | ShapeExpression
  | Settings
  | Setting
  | Path
  | Derived
  | Axis
  | Report
  | Expression
  | Argument
  | Name;
