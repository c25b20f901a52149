import { attributeNamed } from '../../plan/attributes.ts';
import type { AugmentSettings, EvaluateSettings, LossTerm, TrainSettings } from '../../plan/run-plan.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import { bindParameters, constantsIn } from '../names/parameters.ts';
import { bodyFunctions, moduleScope } from '../names/scope.ts';
import type { Signatures } from '../names/signatures.ts';
import type { Declared, Reporter } from '../program/program.ts';
import type { Chosen } from '../settings/declarations.ts';
import { settleLoss } from '../settings/losses/settle.ts';
import { usualMetrics } from '../settings/metrics.ts';
import { type Reading, readKey, readTable } from '../settings/table.ts';
import { type Entry, entriesOf, growTree, placeOf, type SettingNode } from '../settings/tree.ts';
import { type ExperimentSettings, experimentTable } from '../settings.ts';
import type { Given } from '../values/values.ts';
import { checkClaims } from './claims.ts';
import { type ResolvedDataset, resolveDataset, within } from './dataset.ts';
import { checkTraining } from './training.ts';
import { plainAugment, plainEvaluate, plainTrain } from './usual.ts';

/** An experiment with all that is set on top of it: by variants, by a cell of a sweep, and on the command line. */
export interface Instance {
  /** `Paper`, `NoDac`, `SerialRates[1]`. */
  readonly name: string;
  /** Where it is declared. */
  readonly at: Span;
  readonly experiment: Declared<ast.Experiment>;
  readonly overrides: readonly Entry[];
}

/** What a study of an experiment may take; null for no limit. */
export interface Budget {
  readonly hours: number | null;
  /** In MB. */
  readonly memory: number | null;
}

/** An experiment as far as it can be told without its network's graph; undefined where mistakes were reported. */
export interface ResolvedExperiment {
  readonly model: Chosen<'network'> | undefined;
  readonly heads: readonly ast.Head[];
  readonly dataset: ResolvedDataset | undefined;
  readonly loss: readonly LossTerm[] | undefined;
  readonly train: TrainSettings | undefined;
  readonly augment: AugmentSettings | undefined;
  readonly evaluate: EvaluateSettings | undefined;
  readonly reported: Readonly<Record<string, number>> | undefined;
  /** Why nothing is published under a path of a metric, as the spec says it. */
  readonly unpublished: Readonly<Record<string, string>>;
  readonly budget: Budget | undefined;
  /** Where a setting's value stands, such as `loss` or `train.batch`. */
  place(...path: readonly string[]): Span;
  /** Where the call of a loss stands; the whole sum, where there is no such call. */
  placeOfLoss(term: LossTerm): Span;
}

/** Reads all settings of an experiment. Mistakes are reported; what does not depend on them is still checked. */
export function resolveExperiment(
  instance: Instance,
  signatures: Signatures,
  resolvePath: (fromFile: string, path: string) => string,
  reporter: Reporter,
): ResolvedExperiment {
  const { declaration, module } = instance.experiment;
  const own = entriesOf(declaration.settings.entries, module, false, reporter);
  const formals = signatures.of(declaration.parameters);
  const isParameter = ({ names, override }: Entry) =>
    override && names.length === 1 && formals.some(({ name }) => name === names[0]!.text);
  const given = new Map<string, Given>();
  for (const entry of instance.overrides.filter(isParameter)) {
    const value = constantsIn(moduleScope(entry.home, bodyFunctions), reporter).evaluate(entry.value);
    given.set(entry.names[0]!.text, { value, at: entry.value.span });
  }
  const parameters = bindParameters(formals, given, moduleScope(module), reporter);
  const root = growTree([...own, ...instance.overrides.filter((entry) => !isParameter(entry))]);
  const section = `\`${declaration.name.text}\``;
  const first: Reading = {
    reporter,
    signatures,
    name: declaration.name.text,
    at: declaration.name.span,
    heads: undefined,
    parameters: formals.map((formal) => formal.name),
    evaluation: (home) => constantsIn(within(parameters, moduleScope(home, bodyFunctions)), reporter),
  };
  // The heads of the model give meaning to the rest; what this reports is not reported twice.
  const model = readKey(experimentTable.model, 'model', root.children.get('model'), section, first);
  const heads = model && headsOf(model.declared.declaration);
  const inModel = model && signatures.of(model.declared.declaration.parameters);
  const elsewhere = inModel?.map(({ name }) => `model.${name}`) ?? [];
  const reading: Reading = { ...first, heads, elsewhere };
  const values = readTable(experimentTable, root, section, reading);
  const { data, loss, train, augment, evaluate, budget, reported } = values;
  const dataset = data && resolveDataset(data, signatures, resolvePath, reporter);
  const place = (...path: readonly string[]) => placeOf(root, ...path) ?? instance.at;
  if (reported && heads) checkClaims(root.children, heads, dataset, reporter);
  const terms = loss && heads && settleLoss(loss, heads, reading);
  const placeOfLoss = (term: LossTerm) =>
    loss?.terms.find(({ head, loss: own }) => {
      if (head.name.text !== term.head || own.loss !== term.loss) return false;
      return term.loss !== 'declared' || own['name'] === term.name;
    })?.call.span ?? place('loss');
  if (train) checkTraining(train, dataset, terms, place, reporter);
  return {
    model,
    heads: heads ?? [],
    dataset,
    loss: terms,
    train: train && plainTrain(train),
    augment: augment && plainAugment(augment),
    evaluate: evaluate && heads && evaluation(evaluate, heads, dataset, root, reporter),
    reported: reported && published(reported, isNumber),
    unpublished: published(reported ?? {}, isText),
    budget,
    place,
    placeOfLoss,
  };
}

/** The heads of a network, in the order written. */
export function headsOf(network: ast.Network): readonly ast.Head[] {
  return network.body.statements.filter((statement) => statement.kind === 'head');
}

function evaluation(
  settings: ExperimentSettings['evaluate'],
  heads: readonly ast.Head[],
  dataset: ResolvedDataset | undefined,
  root: SettingNode,
  reporter: Reporter,
): EvaluateSettings {
  const {
    folds,
    aggregate,
    threshold,
    flips,
    turns,
    components,
    tolerance,
    margin,
    margin_distance,
    ...rest
  } = settings;
  const written = rest as Readonly<Record<string, readonly string[]>>;
  if (folds.group === 'image') {
    reporter.report('leakyFolds', {
      at: placeOf(root, 'evaluate', 'folds')!,
      arguments: {},
      notes: ['neighbouring slices of a heart look alike, so the score comes out too good'],
      help: [{ message: 'use `group = patient`' }],
    });
  }
  const metrics = Object.fromEntries(
    heads.map(({ name: { text }, headKind }) => [
      text,
      written[text] ?? usualMetrics(headKind.text, { attribute: text }, dataset?.plan),
    ]),
  );
  checkTolerance(tolerance, metrics, (...path) => placeOf(root, 'evaluate', ...path)!, reporter);
  return plainEvaluate({
    folds: {
      kind: folds.kind,
      count: folds.kind === 'kfold' ? folds.count : 1,
      fraction: folds.kind === 'kfold' ? 1 / folds.count : folds.fraction,
      stratify: stratified(folds.stratify, dataset, placeOf(root, 'evaluate', 'folds'), reporter),
      group: folds.group,
    },
    aggregate,
    threshold,
    flips,
    turns,
    components,
    margins: { share: margin, distance: margin_distance },
    ...(tolerance === null ? {} : { tolerance }),
    metrics,
  });
}

/** A head without an attribute predicts the dataset's classes. Several classes at once cannot be kept in proportion. */
function stratified(
  by: boolean | string,
  dataset: ResolvedDataset | undefined,
  at: Span | undefined,
  reporter: Reporter,
): boolean | string {
  if (typeof by === 'boolean') return by;
  const found = dataset && attributeNamed(dataset.plan, by);
  if (found?.kind !== 'label') return true;
  if (!found.several) return by;
  const problem = 'has several classes at once, which folds cannot keep in proportion';
  reporter.report('attributeForm', { at: at!, arguments: { name: by, problem } });
  return false;
}

/** A share of borders within a tolerance says nothing without the tolerance, and the tolerance nothing without it. */
function checkTolerance(
  tolerance: number | null,
  metrics: EvaluateSettings['metrics'],
  place: (...path: readonly string[]) => Span,
  reporter: Reporter,
): void {
  const asking = Object.keys(metrics).find((head) => metrics[head]!.includes('nsd'));
  if (asking !== undefined && tolerance === null) {
    reporter.report('missingTolerance', {
      at: place(asking),
      arguments: { metric: 'nsd' },
      notes: ['numbers at different tolerances cannot be compared, so there is none by default'],
      help: [
        { message: 'set `tolerance = 2mm` in `evaluate`, or what two people who draw the border differ by' },
      ],
    });
  }
  if (asking === undefined && tolerance !== null) {
    reporter.report('idleTolerance', {
      at: place('tolerance'),
      arguments: {},
      help: [{ message: 'ask for `nsd`, or leave `tolerance` out' }],
    });
  }
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isText = (value: unknown): value is string => typeof value === 'string';

/** Published values of one kind, by the path of the metric. */
function published<Value>(
  reported: Readonly<Record<string, unknown>>,
  isWanted: (value: unknown) => value is Value,
): Readonly<Record<string, Value>> {
  const values = Object.entries(reported as Readonly<Record<string, Readonly<Record<string, unknown>>>>);
  return Object.fromEntries(
    values.flatMap(([head, own]) =>
      Object.entries(own).flatMap(([metric, value]) =>
        isWanted(value) ? [[`${head}.${metric}`, value] as const] : [],
      ),
    ),
  );
}
