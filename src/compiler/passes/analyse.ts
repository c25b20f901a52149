import type { Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Graph } from '../ir/graph.ts';
import { chainRule } from './analysis/chains.ts';
import { fieldRule } from './analysis/field.ts';
import { type AnalysisContext, groupFindings, type Rule } from './analysis/finding.ts';
import { normalisationRule } from './analysis/normalisation.ts';
import { borderRule, unusedRule } from './analysis/structure.ts';
import { tapRule } from './analysis/taps.ts';
import { deadCode } from './dead-code.ts';

/** The rules about whole networks, in the order of paper section 4.3. */
const rules: readonly Rule[] = [tapRule, chainRule, borderRule, normalisationRule, fieldRule];

/**
 * What can be told about a network before anything is trained: warnings and notes, one per source place, with the
 * instances in the notes. Shape errors are found earlier, by the builder. Values that no head needs are reported as
 * such and then left alone.
 */
export function analyse(graph: Graph, context: AnalysisContext = {}): readonly Diagnostic[] {
  const live = deadCode.run(graph);
  const findings = [...unusedRule(graph), ...rules.flatMap((rule) => rule(live, context))];
  return groupFindings(findings);
}
