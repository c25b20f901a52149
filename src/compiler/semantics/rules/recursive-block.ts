import type { Declared } from '../program/program.ts';
import { referencesIn } from '../program/walk.ts';
import type { Rule } from './rule.ts';

/** No block contains itself: there is no choice in a body, so it would never end. */
export const recursiveBlock: Rule = (module, reporter) => {
  const reported = new Set<string>();
  for (const declaration of module.file.declarations) {
    if (declaration.kind !== 'block' || reported.has(declaration.name.text)) continue;
    const cycle = cycleFrom(declaration.name.text, { declaration, module });
    if (!cycle) continue;
    for (const name of cycle) reported.add(name);
    reporter.report('recursiveBlock', {
      at: declaration.name.span,
      arguments: { name: declaration.name.text },
      notes: cycle.length > 2 ? [cycle.map((name) => `\`${name}\``).join(' uses ')] : [],
      help: [{ message: 'repeat a block with `serial r in rates { … }` instead' }],
    });
  }
};

/** The blocks on the way from a block back to itself, or undefined when there is no way. */
function cycleFrom(
  target: string,
  from: Declared,
  seen: Set<unknown> = new Set(),
): readonly string[] | undefined {
  seen.add(from.declaration);
  for (const name of referencesIn(from.declaration)) {
    const next = from.module.names.get(name);
    if (next?.declaration.kind !== 'block') continue;
    if (name === target) return [from.declaration.name.text, name];
    const rest = seen.has(next.declaration) ? undefined : cycleFrom(target, next, seen);
    if (rest) return [from.declaration.name.text, ...rest];
  }
  return undefined;
}
