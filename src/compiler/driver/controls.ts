import { type Ablation, ablation, type VariedSetting } from '../diff/ablation.ts';
import type { Resolved } from '../diff/settings.ts';
import { formatCount } from '../ir/print.ts';
import type { Reporter } from '../semantics/program/program.ts';
import type { Span } from '../source/span.ts';
import type { CompiledExperiment } from './compilation.ts';

/** A study whose members are to be the same in all but some settings. */
export interface Controlled {
  readonly name: string;
  readonly at: Span;
  readonly members: readonly CompiledExperiment[];
  /** The settings that may differ, and all below them. */
  readonly varied: readonly string[];
}

/** Compares the members of a study, and reports what differs beside what is varied. Undefined when some are unsound. */
export function checkControls(study: Controlled, reporter: Reporter): Ablation | undefined {
  const { name, at, members, varied } = study;
  const [first, ...others] = members.flatMap(({ graph, plan }): readonly Resolved[] =>
    graph && plan ? [{ graph, plan }] : [],
  );
  if (!first || others.length + 1 < members.length) return undefined;
  const found = ablation([first, ...others]);
  const beside = found.settings.filter(
    ({ path }) => !varied.some((allowed) => path === allowed || path.startsWith(`${allowed}.`)),
  );
  if (beside.length > 0) {
    reporter.report('uncontrolled', {
      at,
      arguments: { study: name, paths: beside.map(({ path }) => `\`${path}\``).join(', ') },
      notes: [
        ...beside.slice(0, maxShown).map((setting) => valuesText(setting, members)),
        'what they measure may come from these as well',
      ],
      help: [{ message: 'set them alike, or derive the members with `variant … of` from one experiment' }],
    });
  }
  const resized =
    found.network === null || found.network.changed.includes('channels') ? [] : found.network.resized;
  if (resized.length > 0) {
    reporter.report('resizedLayers', {
      at,
      arguments: { study: name, layers: resized.length === 1 ? 'a layer' : `${resized.length} layers` },
      notes: resized
        .slice(0, maxShown)
        .map(
          ({ path, least, most }) =>
            `\`${path}\` has ${formatCount(least)} to ${formatCount(most)} parameters`,
        ),
      help: [
        {
          message:
            'a `conv` with `kernel = 1` to a fixed number of channels before them keeps them as they are',
        },
      ],
    });
  }
  return found;
}

/** How many settings and layers a finding names. */
const maxShown = 5;

/** `` `train.batch` is 8 in `A` and `B`, 16 in `C` ``. */
function valuesText({ path, values }: VariedSetting, members: readonly CompiledExperiment[]): string {
  const owners = new Map<string, string[]>();
  for (const [index, value] of values.entries()) {
    const text = value ?? 'absent';
    owners.set(text, [...(owners.get(text) ?? []), `\`${members[index]!.name}\``]);
  }
  const parts = [...owners].map(([value, names]) => {
    const shown = names.length > maxShown ? [...names.slice(0, 2), `${names.length - 2} more`] : names;
    return `${value} in ${shown.join(' and ')}`;
  });
  return `\`${path}\` is ${parts.join(', ')}`;
}

/** Reports cells of a sweep that train the same. */
export function reportIdentical(at: Span, cells: readonly CompiledExperiment[], reporter: Reporter): void {
  const first = new Map<string, string>();
  for (const { name, plan } of cells) {
    if (!plan) continue;
    const before = first.get(plan.hash);
    first.set(plan.hash, before ?? name);
    if (before === undefined) continue;
    reporter.report('identicalCells', {
      at,
      arguments: { first: before, second: name },
      notes: ['it is trained once'],
    });
  }
}
