import { Bag, difference, differenceText, graphOfPlan, type RunPlan } from '../../compiler/index.ts';
import { confusionTable } from '../metrics/evaluate.ts';
import { judgementsOf } from '../metrics/head-measures.ts';
import { rocCurve } from '../metrics/label-metrics.ts';
import { diceByStructure, diceOf } from '../metrics/notable.ts';
import { labelQuestions } from '../metrics/questions.ts';
import { groupBy } from '../random/group.ts';
import { briefOf } from '../runs/record/brief.ts';
import { openRun, type Run, type RunRecord } from '../runs/record/store.ts';
import { type Comparison, compareMembers } from './comparison/comparison.ts';
import { type ComparedMember, completeRun } from './comparison/members.ts';

/** What can be said about runs side by side, as plain data. Runs that differ by their seed alone are one row. */
export interface RunsInsight {
  readonly comparison: Comparison;
  /** By label head, or by class of one where several may be true, for each row that has predictions of it. */
  readonly labels: Readonly<Record<string, readonly (LabelInsight | null)[]>>;
  /** Images of all rows by the Dice coefficient of the first mask head, the worst of the first row first. */
  readonly cases: readonly CaseInsight[];
  /** What each row but the first does not share with the first, as `cmrc diff` prints it. */
  readonly differences: readonly string[];
}

export interface LabelInsight {
  readonly outcomes: readonly string[];
  /** By truth, then by answer. */
  readonly confusion: readonly (readonly number[])[];
  /** Null where none is; there is then no curve. */
  readonly positive: string | null;
  readonly roc: readonly { readonly fallout: number; readonly sensitivity: number }[];
}

export interface CaseInsight {
  readonly id: string;
  readonly patient: string;
  /** Of each row; null where the row has no such image, or no mask. */
  readonly dice: readonly (number | null)[];
  /** Of each row by structure, where there are several. */
  readonly structures: readonly Readonly<Record<string, number | null>>[];
}

/** Looks at runs, whatever study they belong to. */
export function insightOf(folders: readonly string[]): RunsInsight {
  const bag = new Bag();
  const runs = folders.flatMap((folder) => openRun(folder, bag) ?? []);
  const families = groupBy(runs, ({ folder, record }) =>
    isAsPlanned(record) ? briefOf(record).family : folder,
  );
  const groups = [...families.values()];
  const labels = labelsOf(groups.map((group) => group[0]!));
  const members = groups.map((group, index) => memberOf(labels[index]!, group, bag));
  const reported = members.map(({ plan }) => plan.reported);
  return {
    comparison: compareMembers('runs', members, reported, []),
    labels: labelInsights(members),
    cases: casesOf(members),
    differences: differencesOf(members),
  };
}

/** Whether nothing was done to a run that its plan does not say. */
function isAsPlanned({ byHand = [], accepted = [] }: RunRecord): boolean {
  return byHand.length === 0 && accepted.length === 0;
}

/** The name of the experiment; the seed or the folder besides where several are called so. */
function labelsOf(runs: readonly Run[]): readonly string[] {
  const names = runs.map(({ record }) => record.plan.experiment);
  return runs.map(({ folder, record }, index) => {
    const name = names[index]!;
    const hand = (record.byHand ?? []).length > 0 ? ' (by hand)' : '';
    const data = (record.accepted ?? []).length > 0 ? ' (other data)' : '';
    const alike = names.filter((other) => other === name).length > 1;
    return `${name}${alike ? ` ${/\w+$/.exec(folder)?.[0] ?? folder}` : ''}${hand}${data}`;
  });
}

function memberOf(label: string, group: readonly Run[], bag: Bag): ComparedMember {
  const found = group.map((run) => completeRun(run, run.record.plan, bag));
  const runs = found.filter((run) => typeof run !== 'string');
  const reason = found.find((run) => typeof run === 'string') ?? null;
  return {
    label,
    plan: group[0]!.record.plan,
    runs,
    missing: runs.length > 0 ? null : (reason as string | null),
  };
}

function labelInsights(members: readonly ComparedMember[]): RunsInsight['labels'] {
  const paths = new Set(members.flatMap(({ plan }) => labelQuestions(plan).map(({ path }) => path)));
  return Object.fromEntries([...paths].map((path) => [path, members.map((member) => labelOf(member, path))]));
}

/** Of the first seed: judgements of several seeds are of the same images. */
function labelOf({ plan, runs }: ComparedMember, path: string): LabelInsight | null {
  const run = runs[0];
  const question = labelQuestions(plan).find((own) => own.path === path);
  if (run === undefined || question === undefined) return null;
  const judgements = judgementsOf(question, run.cases);
  if (judgements.length === 0) return null;
  const { names, positive } = question;
  return {
    outcomes: names,
    confusion: confusionTable(question, run.cases).counts,
    positive: names[positive] ?? null,
    roc: positive < 0 ? [] : rocCurve(judgements, positive),
  };
}

/** A case while its rows are gathered. */
interface GatheredCase {
  readonly patient: string;
  readonly dice: (number | null)[];
  readonly structures: Readonly<Record<string, number | null>>[];
}

function casesOf(members: readonly ComparedMember[]): readonly CaseInsight[] {
  const found = new Map<string, GatheredCase>();
  for (const [row, { plan, runs }] of members.entries()) {
    const head = plan.heads.find(({ kind, trained }) => kind === 'mask' && trained)?.name;
    if (head === undefined) continue;
    for (const one of runs[0]?.cases ?? []) {
      const known = found.get(one.id) ?? {
        patient: one.patient,
        dice: members.map(() => null),
        structures: members.map(() => ({})),
      };
      known.dice[row] = diceOf(one, head);
      known.structures[row] = diceByStructure(one, plan, head);
      found.set(one.id, known);
    }
  }
  const worst = ({ dice }: { readonly dice: readonly (number | null)[] }) =>
    dice.find((value) => value !== null) ?? 2;
  return [...found]
    .map(([id, known]) => ({ id, ...known }))
    .sort((a, b) => worst(a) - worst(b) || (a.id < b.id ? -1 : 1));
}

function differencesOf(members: readonly ComparedMember[]): readonly string[] {
  const side = (label: string, plan: RunPlan) => ({ name: label, plan, graph: graphOfPlan(plan.network) });
  const [first, ...others] = members;
  if (first === undefined) return [];
  return others.map(({ label, plan }) =>
    differenceText(difference(side(first.label, first.plan), side(label, plan)), {}).trimEnd(),
  );
}
