import { didYouMean } from '../diagnostics/suggest.ts';
import type { Graph } from '../ir/graph.ts';
import type { TrainSettings } from '../plan/run-plan.ts';
import type { ResolvedExperiment } from '../semantics/experiments/experiment.ts';
import type { Reporter } from '../semantics/program/program.ts';
import { isWithin, trainedWeights } from '../step/trained.ts';

/** Whether the parts that are frozen, slowed, or start with given weights are parts of the network that have weights. */
export function checkParts(
  graph: Graph,
  train: TrainSettings,
  place: ResolvedExperiment['place'],
  reporter: Reporter,
): boolean {
  const names = [...graph.weights.keys()];
  const known = [...new Set(names.flatMap((name) => prefixes(name)))];
  const check = (setting: string, parts: readonly string[]) =>
    parts
      .filter((part) => part !== '' && !names.some((name) => isWithin(name, part)))
      .map((part) => {
        const path = part.split('/');
        const at = setting === 'freeze' ? place('train', setting) : place('train', setting, ...path);
        reporter.report('unknownPart', {
          at,
          arguments: { network: graph.name, part: path.join('.') },
          notes: [`its parts are ${[...new Set(names.map((name) => name.split('/')[0]!))].join(', ')}`],
          help: didYouMean(at, part, known),
        });
        return part;
      });
  const wrong = [
    ...check('freeze', train.freeze ?? []),
    ...check('rates', Object.keys(train.rates ?? {})),
    ...check(
      'start',
      (train.start ?? []).map(({ part }) => part),
    ),
  ];
  if (wrong.length > 0) return false;
  if (trainedWeights(graph.weights.values(), train).length > 0) return true;
  reporter.report('allFrozen', {
    at: place('train', 'freeze'),
    arguments: {},
    help: [{ message: 'leave a part that is to learn out of `freeze`' }],
  });
  return false;
}

/** `a/b/c` as `a` and `a/b`. */
function prefixes(name: string): readonly string[] {
  const parts = name.split('/');
  return parts.slice(0, -1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
