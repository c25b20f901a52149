import { resolve } from 'node:path';
import {
  type Bag,
  graphOfPlan,
  isWithin,
  type RunPlan,
  type StartingWeights,
  withStart,
} from '../../../compiler/index.ts';
import { nowhere } from '../../storage/problems.ts';
import { openRun } from '../record/store.ts';
import { readJudgedCheckpoint } from './judged.ts';
import { judgedWeights, weightsDigest } from './judged-weights.ts';

/** The weights of other runs that training starts with, by name, and what those runs are. */
interface Given {
  readonly weights: ReadonlyMap<string, Float32Array>;
  /** In the order of the plan's entries. */
  readonly identities: readonly string[];
}

/**
 * Reads the weights that a plan starts with. Null, reported, where a run is not there or its weights do not fit.
 * @param workingFolder where relative paths of the plan start
 */
export function readStartingWeights(
  { network, train }: Pick<RunPlan, 'network' | 'train'>,
  workingFolder: string,
  bag: Bag,
): Given | null {
  const weights = new Map<string, Float32Array>();
  const identities: string[] = [];
  const wanted = graphOfPlan(network).weights;
  for (const start of train.start ?? []) {
    const found = read(start, workingFolder, bag);
    if (found === null) return null;
    const own = [...wanted.values()].filter(({ name }) => start.part === '' || isWithin(name, start.part));
    for (const { name, shape } of own) {
      const given = found.values.get(name);
      if (given !== undefined && `${given.shape}` === `${shape}`) {
        weights.set(name, given.values);
        continue;
      }
      // Heads of the whole network may be others: what the run does not have starts at random.
      if (given === undefined && start.part === '') continue;
      const reason =
        given === undefined
          ? `it has no weight \`${name}\``
          : `its \`${name}\` is ${given.shape.join('×')}, and that of \`${network.network}\` is ${shape.join('×')}`;
      bag.report('startUnfit', {
        at: nowhere(start.run),
        arguments: { run: start.run, reason },
        help: [{ message: 'start with a part that both networks have: `start { encoder = run("…") }`' }],
      });
      return null;
    }
    if (own.every(({ name }) => !found.values.has(name))) {
      const reason = `it has no weight of \`${network.network}\` by name`;
      bag.report('startUnfit', { at: nowhere(start.run), arguments: { run: start.run, reason } });
      return null;
    }
    identities.push(found.identity);
  }
  return { weights, identities };
}

/** The plan with what the runs are that it starts from, which then take their paths' place in its identity; null when reported. */
export function withStartingRuns(plan: RunPlan, bag: Bag): RunPlan | null {
  if ((plan.train.start ?? []).length === 0) return plan;
  const given = readStartingWeights(plan, process.cwd(), bag);
  return given && withStart(plan, given.identities);
}

/** The weights as a run was made for them. Null, reported, where they are gone or are others now. */
export function lastingStart(plan: RunPlan, workingFolder: string, bag: Bag): Given['weights'] | null {
  const given = readStartingWeights(plan, workingFolder, bag);
  if (given === null) return null;
  const changed = (plan.train.start ?? []).find(
    ({ identity }, index) => identity !== undefined && identity !== given.identities[index],
  );
  if (changed === undefined) return given.weights;
  bag.report('startChanged', {
    at: nowhere(changed.run),
    arguments: { run: changed.run },
    help: [{ message: 'begin a new run, which starts with the weights as they are' }],
  });
  return null;
}

function read({ run: path, fold }: StartingWeights, workingFolder: string, bag: Bag) {
  const run = openRun(resolve(workingFolder, path), bag);
  if (run === null) return null;
  const { plan } = run.record;
  const checkpoint = readJudgedCheckpoint(run.folder, fold, plan.train, bag);
  if (checkpoint === null) return null;
  const values = judgedWeights(checkpoint);
  return { values, identity: `${plan.hash}/${fold}/${weightsDigest(values).slice(0, 32)}` };
}
