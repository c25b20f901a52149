import { didYouMean } from '../../../diagnostics/suggest.ts';
import type * as ast from '../../../syntax/ast.ts';
import { bindParameters, unknownParameters } from '../../names/parameters.ts';
import type { Signatures } from '../../names/signatures.ts';
import type { Declared, Reporter } from '../../program/program.ts';
import { lossNames, lossScope, runLoss } from './formula.ts';
import { losses } from './table.ts';

/** The heads that a declared loss can be of. */
const kinds = ['mask', 'label', 'value'];

/** Checks a declared loss without values for its parameters, whether an experiment uses it or not. */
export function checkLoss(declared: Declared<ast.Loss>, signatures: Signatures, reporter: Reporter): void {
  const { name, parameters, headKind } = declared.declaration;
  if (Object.hasOwn(losses, name.text) || name.text === 'deep_supervision') {
    reporter.report('takenName', { at: name.span, arguments: { name: name.text, what: 'a loss' } });
  }
  for (const parameter of parameters) {
    if (!lossNames.includes(parameter.name.text)) continue;
    reporter.report('takenName', {
      at: parameter.name.span,
      arguments: { name: parameter.name.text, what: 'a value or function of losses' },
    });
  }
  if (!kinds.includes(headKind.text)) {
    if (headKind.text === '') return;
    reporter.report('unknownHeadKind', {
      at: headKind.span,
      arguments: { name: headKind.text },
      notes: ['a declared loss is of a `mask`, of a `label` or of a `value`'],
      help: didYouMean(headKind.span, headKind.text, kinds),
    });
    return;
  }
  const typed = signatures.of(parameters);
  const around = lossScope(declared);
  bindParameters(typed, new Map(), around, reporter);
  runLoss(declared, unknownParameters(typed, around), reporter);
}
