import { didYouMean } from '../../diagnostics/suggest.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Instance } from '../experiments/experiment.ts';
import { type Declared, describeDeclaration, type Module, type Reporter } from '../program/program.ts';
import { type Entry, entriesOf, pathOf } from '../settings/tree.ts';

/** What a variant or sweep starts from, with all overrides on the way. */
export type Base = Pick<Instance, 'experiment' | 'overrides'>;

/** Follows `of` down to the experiment. Undefined when the way does not lead to one, which is reported. */
export function baseOf(declared: Declared, reporter: Reporter): Base | undefined {
  const derivation: ast.Declaration[] = [];
  let { declaration, module } = declared;
  const overrides: (readonly Entry[])[] = [];
  while (declaration.kind === 'variant') {
    if (derivation.includes(declaration)) {
      // Told once, at the first of the circle.
      const first = derivation.every(({ span }) => derivation[0]!.span.start <= span.start);
      if (declaration === derivation[0] && first) {
        reporter.report('derivedCycle', {
          at: declaration.of.span,
          arguments: { name: declaration.name.text },
          notes: [[...derivation, declaration].map(({ name }) => `\`${name.text}\``).join(' of ')],
        });
      }
      return undefined;
    }
    derivation.push(declaration);
    overrides.unshift(overridesOf(declaration.body, module, reporter));
    const next = named(declaration.of, module, ['experiment', 'variant'], reporter);
    if (!next) return undefined;
    ({ declaration, module } = next);
  }
  if (declaration.kind !== 'experiment') return undefined;
  return { experiment: { declaration, module }, overrides: overrides.flat() };
}

/** The declaration that a name stands for, when it is of one of the kinds. */
export function named(
  name: ast.Name,
  module: Module,
  kinds: readonly ast.Declaration['kind'][],
  reporter: Reporter,
): Declared | undefined {
  const found = module.names.get(name.text);
  const expected = kinds.map((kind) => describeDeclaration({ kind } as ast.Declaration)).join(' or ');
  if (!found) {
    if (module.unresolved.has(name.text) || name.text === '') return undefined;
    const candidates = [...module.names]
      .filter(([, { declaration }]) => kinds.includes(declaration.kind))
      .map(([text]) => text);
    reporter.report('unknownName', {
      at: name.span,
      arguments: { kind: kinds[0]!, name: name.text },
      help: didYouMean(name.span, name.text, candidates),
    });
    return undefined;
  }
  if (kinds.includes(found.declaration.kind)) return found;
  reporter.report('wrongDeclaration', {
    at: name.span,
    arguments: { name: name.text, actual: describeDeclaration(found.declaration), expected },
    secondary: [{ span: found.declaration.name.span, text: 'declared here' }],
  });
  return undefined;
}

/** What a variant, or a sweep outside of its axes, sets. */
export function overridesOf(body: ast.Derived, module: Module, reporter: Reporter): readonly Entry[] {
  const settings = body.items.filter((item) => item.kind === 'setting');
  return entriesOf(settings, module, true, reporter);
}

/** Reports the items that a variant or comparison cannot have. */
export function checkItems(declaration: ast.Variant | ast.Sweep | ast.Compare, reporter: Reporter): void {
  const { kind, body } = declaration;
  for (const item of body.items) {
    const statement =
      item.kind === 'axis' ? 'vary' : item.kind === 'report' ? item.verb : pathOf(item.path.names);
    const misplaced =
      (kind === 'variant' && item.kind !== 'setting') || (kind === 'compare' && item.kind !== 'report');
    if (!misplaced) continue;
    reporter.report('misplacedStatement', {
      at: item.span,
      arguments: { statement, kind },
      notes: kind === 'variant' ? ['a `sweep` varies values and reports'] : [],
    });
  }
}
