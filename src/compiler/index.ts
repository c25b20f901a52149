// The compiler's only door: the runtime, the command line and the interface import this file and no other.

export { builtInRatesFor } from './cost/built-in-rates.ts';
export { fitRates, type Sample } from './cost/fit.ts';
export { type Rates, timeOf, timeOfAll, workKindNames, workKinds } from './cost/work.ts';
export { type CodeName, causeOf, codes, isTrainingCode } from './diagnostics/codes.ts';
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
export type { Cause } from './diagnostics/message.ts';
export {
  ansi,
  plain,
  renderDiagnostic,
  renderDiagnostics,
  renderSummary,
  type Sources,
} from './diagnostics/render.ts';
export { alternatives, didYouMean } from './diagnostics/suggest.ts';
export type { Ablation } from './diff/ablation.ts';
export { ablationText } from './diff/ablation-text.ts';
export { type Difference, difference, differenceSchema } from './diff/difference.ts';
export { differenceText } from './diff/text.ts';
export type {
  Compilation,
  CompiledCompare,
  CompiledExperiment as Experiment,
  CompiledSweep,
} from './driver/compilation.ts';
export { type CompileOptions, compile } from './driver/compile.ts';
export { priorKernels, priorLogits, priorWeights } from './interpret/head-prior.ts';
export { initialWeight, initialWeights } from './interpret/initial-weights.ts';
export { interpret } from './interpret/interpret.ts';
export { totalLoss } from './interpret/losses.ts';
export { normal, type Random, randomStream } from './interpret/random.ts';
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
export { makesProbabilities } from './ir/logits.ts';
export { formatSignature, operation, operationNames, operations } from './ir/operations.ts';
export { printGraph } from './ir/print.ts';
export { arraySchema, objectSchema } from './ir/schema.ts';
export { effectiveKernel, elements, formatShape, type Padding, type Shape, windowAxis } from './ir/shape.ts';
export { analyse } from './passes/analyse.ts';
export { type Cost, cost } from './passes/cost.ts';
export { type Memory, memory } from './passes/memory.ts';
export { serialChains } from './passes/reach/chains.ts';
export { type Sampling, sampling } from './passes/reach/sampling.ts';
export {
  attributeNamed,
  type LabelSpace,
  labelSpace,
  valueAttribute,
} from './plan/attributes.ts';
export { channelWords, fileChannels, inputChannels, slicesSeen } from './plan/channels.ts';
export {
  cannotTake,
  formatStep,
  type Size,
  type Spacing,
  sizeAfter,
} from './plan/fitting.ts';
export { distanceHeads, formulaOf } from './plan/loss/built-in.ts';
export type { FormulaStep, LossAxis, LossFormula } from './plan/loss/formula.ts';
export { type MetricPath, metricPath, partsOf, partsOfMetric, structuresOf } from './plan/metric-path.ts';
export { outcomes } from './plan/outcomes.ts';
export { runHash, withContent, withLimit, withStart } from './plan/run-hash.ts';
export type * from './plan/run-plan.ts';
export { broughtBack, viewed, viewsOf } from './plan/views.ts';
export { languageReference, type Term, terms } from './reference/language-reference.ts';
export {
  type FunctionTopic,
  type GroupTopic,
  type SettingTopic,
  settingText,
  settingTopics,
  type UnitTopic,
  unitTopics,
} from './reference/settings-reference.ts';
export type { Provenance } from './semantics/provenance.ts';
export { usualMargins } from './semantics/settings/evaluate-table.ts';
export {
  type MetricFacts,
  type MetricName,
  type MetricNameOf,
  metricFacts,
  metrics,
  metricsOf,
} from './semantics/settings/metrics.ts';
export { type PhantomAttribute, phantomAttributes } from './semantics/settings/phantom-attributes.ts';
export type { ReportPlan } from './semantics/studies/reports.ts';
export { cleanJson, cleanLine, cleanText } from './source/clean.ts';
export { type Host, joinPath, memoryHost } from './source/host.ts';
export { type Position, SourceFile } from './source/source-file.ts';
export type { Span } from './source/span.ts';
export { StepBuilder } from './step/builder.ts';
export { stepCost } from './step/cost.ts';
export { differentiate } from './step/differentiate.ts';
export { evaluateStep } from './step/evaluate.ts';
export { foldWeights } from './step/fold.ts';
export { optimizerSlots, stepRate } from './step/lower/optimizer.ts';
export { averageSlot, keptByAverage, keptByDecay } from './step/lower/restraint.ts';
export { primitive, primitiveNames } from './step/primitives.ts';
export { printStep } from './step/print.ts';
export type * from './step/program.ts';
export {
  accumulationProgram,
  evaluationProgram,
  extremeLogit,
  inferenceProgram,
  inspectionProgram,
  statisticsProgram,
  type TrainingStep,
  trainingProgram,
} from './step/programs.ts';
export { stepStructure } from './step/structure.ts';
export { accumulatedSlot, isWithin, rateFactor, trainedSlots, trainedWeights } from './step/trained.ts';
export { varianceWeights } from './step/uncertainty.ts';
export { verifyStep } from './step/verify.ts';
export { formatSource } from './syntax/format/format-source.ts';
export { blocksOf } from './targets/diagram/inside.ts';
export type { Detail } from './targets/diagram/outline.ts';
export {
  type FusedForms,
  fusedFormsOf,
  type LayerEngine,
  layerPrimitives,
  providerOf,
} from './targets/engines/capabilities.ts';
export { explainEngine } from './targets/engines/explain.ts';
export { type EngineName, engineNames } from './targets/engines/names.ts';
export { emitMermaid } from './targets/mermaid/emit.ts';
export {
  blockProbe,
  emitOnnx,
  lowerOnnx,
  type OnnxOptions,
  type OnnxStep,
  type Port,
} from './targets/onnx/emit.ts';
export { type GivenWeights, type OnnxManifest, onnxManifestSchema } from './targets/onnx/files.ts';
export { plainLayout, rearrange, sameLayout } from './targets/onnx/layout.ts';
export { predictTraining, type StepPrediction } from './targets/onnx/predict.ts';
export { predictionLines } from './targets/onnx/predict-text.ts';
export { selfTest } from './targets/onnx/self-test.ts';
export { workOfNode } from './targets/onnx/work.ts';
export { type Summary, summarise, summarySchema, summaryText } from './targets/summary/emit.ts';
export {
  type Inspection,
  type StartSummary,
  startFindings,
  startSchema,
  startText,
  summariseStart,
} from './targets/summary/start.ts';
export { emitBlockSvg, emitSvg } from './targets/svg/emit.ts';
export {
  type Artefact,
  artefactName,
  type Target,
  type TargetContext,
  type TargetName,
  targetNames,
  targets,
} from './targets/target.ts';
export { emitPlan } from './targets/tfjs/emit.ts';
export { graphOfPlan } from './targets/tfjs/graph.ts';
export type * from './targets/tfjs/plan.ts';
export { layersPlanSchema } from './targets/tfjs/schema.ts';
