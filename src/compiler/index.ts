// The compiler's only door: the runtime, the command line and the interface import this file and no other.

export { memoryHost, type Host, joinPath } from './host.ts';
export { type Position, SourceFile } from './source/source-file.ts';
export type { Span } from './source/span.ts';

export { type CodeName, codes } from './diagnostics/codes.ts';
export {
  Bag,
  type Diagnostic,
  diagnostic,
  type Edit,
  type Help,
  kebab,
  type Label,
  type Severity,
} from './diagnostics/diagnostic.ts';
export { applyEdits, applyFixes } from './diagnostics/fix.ts';
export { diagnosticsJsonSchema, diagnosticsToJson } from './diagnostics/json.ts';
export {
  ansi,
  plain,
  renderDiagnostic,
  renderDiagnostics,
  renderSummary,
  type Sources,
} from './diagnostics/render.ts';
export { alternatives, didYouMean } from './diagnostics/suggest.ts';

export { trainableCount, weightCount } from './ir/count.ts';
export type {
  Attributes,
  Graph,
  Head,
  HeadKind,
  Initializer,
  Node,
  NodeOf,
  OperationName,
  Origin,
  Pair,
  PerOperation,
  Weight,
} from './ir/graph.ts';
export { graphHash } from './ir/hash.ts';
export { graphFromJson, graphSchema, graphToJson } from './ir/json.ts';
export { formatSignature, operation, operationNames, operations } from './ir/operations.ts';
export { printGraph } from './ir/print.ts';
export { effectiveKernel, elements, formatShape, type Padding, type Shape, windowAxis } from './ir/shape.ts';

export type * from './run-plan.ts';
export type * from './targets/tfjs/plan.ts';
