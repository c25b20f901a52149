import type * as ast from '../../syntax/ast.ts';
import type { Declared } from '../program/program.ts';
import { referencesIn } from '../program/walk.ts';
import { pathOf } from '../settings/tree.ts';
import type { Trainable } from './instances.ts';
import type { Sweep } from './sweeps.ts';

// Which settings of an experiment a study means to vary, as far as the text tells.

/** The settings that the axes of a sweep reach, directly or through a parameter of the experiment. */
export function variedBy({ base, cells }: Sweep): readonly string[] {
  const paths = cells[0]?.varied.map(({ names }) => names) ?? [];
  return paths.flatMap((names) => settingsReached(names, base.experiment));
}

/**
 * The settings in which the members of a comparison may differ: what variants of one experiment set, and networks with
 * their losses where there are several experiments.
 */
export function comparedBy(members: readonly Trainable[]): readonly string[] {
  const experiments = new Set(members.map(({ experiment }) => experiment.declaration));
  const set = members.flatMap(({ experiment, overrides }) =>
    overrides.flatMap(({ names }) => settingsReached(names, experiment)),
  );
  return [...new Set(experiments.size > 1 ? ['model', 'loss', ...set] : set)];
}

function settingsReached(
  names: readonly ast.Name[],
  { declaration }: Declared<ast.Experiment>,
): readonly string[] {
  const [first] = names;
  const isParameter = ({ name }: ast.Parameter) => name.text === first!.text;
  if (names.length > 1 || !declaration.parameters.some(isParameter)) return [pathOf(names)];
  const reached = new Set([first!.text]);
  // A default sees the parameters before it.
  for (const { name, initial } of declaration.parameters) {
    if (initial && [...referencesIn(initial)].some((read) => reached.has(read))) reached.add(name.text);
  }
  const reads = (node: ast.Node) => [...referencesIn(node)].some((read) => reached.has(read));
  return settingsWhere(declaration.settings.entries, reads);
}

function settingsWhere(
  settings: readonly ast.Setting[],
  holds: (value: ast.Node) => boolean,
  above = '',
): readonly string[] {
  return settings.flatMap(({ path, value }) => {
    const whole = `${above}${pathOf(path.names)}`;
    if (value.kind === 'settings') return settingsWhere(value.entries, holds, `${whole}.`);
    return holds(value) ? [whole] : [];
  });
}
