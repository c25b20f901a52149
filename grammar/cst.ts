// Written from grammar/parser.ts by `npm run generate`.
import type { CstNode, IToken } from "chevrotain";

export interface PathCstNode extends CstNode {
  name: "path";
  children: PathCstChildren;
}

export type PathCstChildren = {
  Identifier: (IToken)[];
  Dot?: IToken[];
};

export interface ShapeCstNode extends CstNode {
  name: "shape";
  children: ShapeCstChildren;
}

export type ShapeCstChildren = {
  OpenBracket: IToken[];
  expression: (ExpressionCstNode)[];
  Comma?: (IToken)[];
  CloseBracket: IToken[];
};

export interface ExpressionCstNode extends CstNode {
  name: "expression";
  children: ExpressionCstChildren;
}

export type ExpressionCstChildren = {
  pipe: PipeCstNode[];
  To?: IToken[];
  high?: PipeCstNode[];
  Step?: IToken[];
  step?: PipeCstNode[];
};

export interface PipeCstNode extends CstNode {
  name: "pipe";
  children: PipeCstChildren;
}

export type PipeCstChildren = {
  relation: RelationCstNode[];
  Apply?: IToken[];
  applied?: AppliedCstNode[];
};

export interface AppliedCstNode extends CstNode {
  name: "applied";
  children: AppliedCstChildren;
}

export type AppliedCstChildren = {
  repeat?: RepeatCstNode[];
  postfix?: PostfixCstNode[];
};

export interface RepeatCstNode extends CstNode {
  name: "repeat";
  children: RepeatCstChildren;
}

export type RepeatCstChildren = {
  Serial?: IToken[];
  Parallel?: IToken[];
  variables: VariablesCstNode[];
  In: IToken[];
  expression: ExpressionCstNode[];
  OpenBrace: IToken[];
  postfix: (PostfixCstNode)[];
  Apply?: IToken[];
  CloseBrace: IToken[];
};

export interface VariablesCstNode extends CstNode {
  name: "variables";
  children: VariablesCstChildren;
}

export type VariablesCstChildren = {
  Identifier?: (IToken)[];
  OpenParenthesis?: IToken[];
  Comma?: IToken[];
  CloseParenthesis?: IToken[];
};

export interface RelationCstNode extends CstNode {
  name: "relation";
  children: RelationCstChildren;
}

export type RelationCstChildren = {
  sum: (SumCstNode)[];
  operator?: (IToken)[];
};

export interface SumCstNode extends CstNode {
  name: "sum";
  children: SumCstChildren;
}

export type SumCstChildren = {
  product: (ProductCstNode)[];
  operator?: (IToken)[];
};

export interface ProductCstNode extends CstNode {
  name: "product";
  children: ProductCstChildren;
}

export type ProductCstChildren = {
  unary: (UnaryCstNode)[];
  operator?: (IToken)[];
};

export interface UnaryCstNode extends CstNode {
  name: "unary";
  children: UnaryCstChildren;
}

export type UnaryCstChildren = {
  Minus?: IToken[];
  power: PowerCstNode[];
};

export interface PowerCstNode extends CstNode {
  name: "power";
  children: PowerCstChildren;
}

export type PowerCstChildren = {
  postfix: PostfixCstNode[];
  Power?: IToken[];
  unary?: UnaryCstNode[];
};

export interface PostfixCstNode extends CstNode {
  name: "postfix";
  children: PostfixCstChildren;
}

export type PostfixCstChildren = {
  primary: PrimaryCstNode[];
  suffix?: SuffixCstNode[];
};

export interface SuffixCstNode extends CstNode {
  name: "suffix";
  children: SuffixCstChildren;
}

export type SuffixCstChildren = {
  Dot?: IToken[];
  Identifier?: IToken[];
  OpenBracket?: IToken[];
  expression?: ExpressionCstNode[];
  CloseBracket?: IToken[];
  arguments?: ArgumentsCstNode[];
};

export interface PrimaryCstNode extends CstNode {
  name: "primary";
  children: PrimaryCstChildren;
}

export type PrimaryCstChildren = {
  Number?: IToken[];
  String?: IToken[];
  True?: IToken[];
  False?: IToken[];
  Identifier?: IToken[];
  Head?: IToken[];
  list?: ListCstNode[];
  tuple?: TupleCstNode[];
};

export interface ListCstNode extends CstNode {
  name: "list";
  children: ListCstChildren;
}

export type ListCstChildren = {
  OpenBracket: IToken[];
  item?: (ItemCstNode)[];
  Comma?: (IToken)[];
  CloseBracket: IToken[];
};

export interface ItemCstNode extends CstNode {
  name: "item";
  children: ItemCstChildren;
}

export type ItemCstChildren = {
  Ellipsis?: IToken[];
  expression: ExpressionCstNode[];
};

export interface TupleCstNode extends CstNode {
  name: "tuple";
  children: TupleCstChildren;
}

export type TupleCstChildren = {
  OpenParenthesis: IToken[];
  expression: (ExpressionCstNode)[];
  Comma?: (IToken)[];
  CloseParenthesis: IToken[];
};

export interface ArgumentsCstNode extends CstNode {
  name: "arguments";
  children: ArgumentsCstChildren;
}

export type ArgumentsCstChildren = {
  OpenParenthesis: IToken[];
  argument?: (ArgumentCstNode)[];
  Comma?: (IToken)[];
  CloseParenthesis: IToken[];
};

export interface ArgumentCstNode extends CstNode {
  name: "argument";
  children: ArgumentCstChildren;
}

export type ArgumentCstChildren = {
  Ellipsis?: IToken[];
  expression?: (ExpressionCstNode)[];
  Identifier?: IToken[];
  Equals?: IToken[];
};

export interface FileCstNode extends CstNode {
  name: "file";
  children: FileCstChildren;
}

export type FileCstChildren = {
  edition: EditionCstNode[];
  importation?: ImportationCstNode[];
  declaration?: DeclarationCstNode[];
};

export interface EditionCstNode extends CstNode {
  name: "edition";
  children: EditionCstChildren;
}

export type EditionCstChildren = {
  Cmrnet: IToken[];
  Number: IToken[];
};

export interface ImportationCstNode extends CstNode {
  name: "importation";
  children: ImportationCstChildren;
}

export type ImportationCstChildren = {
  Import: IToken[];
  OpenBrace: IToken[];
  Identifier?: (IToken)[];
  Comma?: (IToken)[];
  CloseBrace: IToken[];
  From: IToken[];
  String: IToken[];
};

export interface AnnotationCstNode extends CstNode {
  name: "annotation";
  children: AnnotationCstChildren;
}

export type AnnotationCstChildren = {
  At: IToken[];
  Identifier: IToken[];
  arguments: ArgumentsCstNode[];
};

export interface DeclarationCstNode extends CstNode {
  name: "declaration";
  children: DeclarationCstChildren;
}

export type DeclarationCstChildren = {
  annotation?: AnnotationCstNode[];
  graphDeclaration?: GraphDeclarationCstNode[];
  settingsDeclaration?: SettingsDeclarationCstNode[];
  lossDeclaration?: LossDeclarationCstNode[];
  derivation?: DerivationCstNode[];
  comparison?: ComparisonCstNode[];
};

export interface GraphDeclarationCstNode extends CstNode {
  name: "graphDeclaration";
  children: GraphDeclarationCstChildren;
}

export type GraphDeclarationCstChildren = {
  Block?: IToken[];
  Network?: IToken[];
  Identifier: IToken[];
  parameters?: ParametersCstNode[];
  graph: GraphCstNode[];
};

export interface SettingsDeclarationCstNode extends CstNode {
  name: "settingsDeclaration";
  children: SettingsDeclarationCstChildren;
}

export type SettingsDeclarationCstChildren = {
  Dataset?: IToken[];
  Experiment?: IToken[];
  Identifier: IToken[];
  parameters?: ParametersCstNode[];
  settings: SettingsCstNode[];
};

export interface LossDeclarationCstNode extends CstNode {
  name: "lossDeclaration";
  children: LossDeclarationCstChildren;
}

export type LossDeclarationCstChildren = {
  Loss: IToken[];
  Identifier: IToken[];
  parameters?: ParametersCstNode[];
  Of: IToken[];
  headKind: IToken[];
  graph: GraphCstNode[];
};

export interface DerivationCstNode extends CstNode {
  name: "derivation";
  children: DerivationCstChildren;
}

export type DerivationCstChildren = {
  Variant?: IToken[];
  Sweep?: IToken[];
  Identifier: IToken[];
  Of: IToken[];
  base: IToken[];
  derived: DerivedCstNode[];
};

export interface ComparisonCstNode extends CstNode {
  name: "comparison";
  children: ComparisonCstChildren;
}

export type ComparisonCstChildren = {
  Compare: IToken[];
  Identifier: IToken[];
  Of: IToken[];
  list: ListCstNode[];
  derived: DerivedCstNode[];
};

export interface ParametersCstNode extends CstNode {
  name: "parameters";
  children: ParametersCstChildren;
}

export type ParametersCstChildren = {
  OpenParenthesis: IToken[];
  parameter?: (ParameterCstNode)[];
  Comma?: (IToken)[];
  CloseParenthesis: IToken[];
};

export interface ParameterCstNode extends CstNode {
  name: "parameter";
  children: ParameterCstChildren;
}

export type ParameterCstChildren = {
  annotation?: AnnotationCstNode[];
  Identifier: IToken[];
  Colon: IToken[];
  type: TypeCstNode[];
  In?: IToken[];
  bounds?: ExpressionCstNode[];
  Equals?: IToken[];
  initial?: ExpressionCstNode[];
};

export interface TypeCstNode extends CstNode {
  name: "type";
  children: TypeCstChildren;
}

export type TypeCstChildren = {
  Identifier?: IToken[];
  Block?: IToken[];
  String?: (IToken)[];
  Or?: IToken[];
  OpenBracket?: IToken[];
  Number?: IToken[];
  CloseBracket?: IToken[];
};

export interface GraphCstNode extends CstNode {
  name: "graph";
  children: GraphCstChildren;
}

export type GraphCstChildren = {
  OpenBrace: IToken[];
  statement?: StatementCstNode[];
  CloseBrace: IToken[];
};

export interface StatementCstNode extends CstNode {
  name: "statement";
  children: StatementCstChildren;
}

export type StatementCstChildren = {
  annotation?: AnnotationCstNode[];
  inputStatement?: InputStatementCstNode[];
  letStatement?: LetStatementCstNode[];
  layerStatement?: LayerStatementCstNode[];
  stageStatement?: StageStatementCstNode[];
  headStatement?: HeadStatementCstNode[];
  outputStatement?: OutputStatementCstNode[];
};

export interface InputStatementCstNode extends CstNode {
  name: "inputStatement";
  children: InputStatementCstChildren;
}

export type InputStatementCstChildren = {
  Input: IToken[];
  Identifier: IToken[];
  Colon: IToken[];
  shape: ShapeCstNode[];
};

export interface LetStatementCstNode extends CstNode {
  name: "letStatement";
  children: LetStatementCstChildren;
}

export type LetStatementCstChildren = {
  Let: IToken[];
  Identifier: IToken[];
  Colon?: IToken[];
  shape?: ShapeCstNode[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface LayerStatementCstNode extends CstNode {
  name: "layerStatement";
  children: LayerStatementCstChildren;
}

export type LayerStatementCstChildren = {
  Layer: IToken[];
  Identifier: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface StageStatementCstNode extends CstNode {
  name: "stageStatement";
  children: StageStatementCstChildren;
}

export type StageStatementCstChildren = {
  Stage: IToken[];
  Identifier: IToken[];
  graph: GraphCstNode[];
};

export interface HeadStatementCstNode extends CstNode {
  name: "headStatement";
  children: HeadStatementCstChildren;
}

export type HeadStatementCstChildren = {
  Head: IToken[];
  Identifier: IToken[];
  Colon: IToken[];
  headKind: IToken[];
  Equals: IToken[];
  expression: ExpressionCstNode[];
};

export interface OutputStatementCstNode extends CstNode {
  name: "outputStatement";
  children: OutputStatementCstChildren;
}

export type OutputStatementCstChildren = {
  Output: IToken[];
  Identifier?: IToken[];
  Equals?: IToken[];
  expression: ExpressionCstNode[];
  Colon?: IToken[];
  shape?: ShapeCstNode[];
};

export interface SettingsCstNode extends CstNode {
  name: "settings";
  children: SettingsCstChildren;
}

export type SettingsCstChildren = {
  OpenBrace: IToken[];
  setting?: SettingCstNode[];
  CloseBrace: IToken[];
};

export interface SettingCstNode extends CstNode {
  name: "setting";
  children: SettingCstChildren;
}

export type SettingCstChildren = {
  annotation?: AnnotationCstNode[];
  assignment: AssignmentCstNode[];
};

export interface AssignmentCstNode extends CstNode {
  name: "assignment";
  children: AssignmentCstChildren;
}

export type AssignmentCstChildren = {
  path: PathCstNode[];
  Equals?: IToken[];
  expression?: ExpressionCstNode[];
  settings?: SettingsCstNode[];
};

export interface DerivedCstNode extends CstNode {
  name: "derived";
  children: DerivedCstChildren;
}

export type DerivedCstChildren = {
  OpenBrace: IToken[];
  derivedItem?: DerivedItemCstNode[];
  CloseBrace: IToken[];
};

export interface DerivedItemCstNode extends CstNode {
  name: "derivedItem";
  children: DerivedItemCstChildren;
}

export type DerivedItemCstChildren = {
  annotation?: AnnotationCstNode[];
  axis?: AxisCstNode[];
  report?: ReportCstNode[];
  assignment?: AssignmentCstNode[];
};

export interface AxisCstNode extends CstNode {
  name: "axis";
  children: AxisCstChildren;
}

export type AxisCstChildren = {
  Vary: IToken[];
  path?: (PathCstNode)[];
  OpenParenthesis?: IToken[];
  Comma?: IToken[];
  CloseParenthesis?: IToken[];
  In: IToken[];
  expression: ExpressionCstNode[];
};

export interface ReportCstNode extends CstNode {
  name: "report";
  children: ReportCstChildren;
}

export type ReportCstChildren = {
  Report?: IToken[];
  Plot?: IToken[];
  path: (PathCstNode)[];
  Comma?: IToken[];
  By?: IToken[];
  by?: PathCstNode[];
};
