import { metricFacts, metricPath, partsOfMetric, structuresOf } from '../../../compiler/index.ts';
import { lengthUnit } from '../../metrics/masks/mask-metrics.ts';
import type { ComparedMember } from './members.ts';

/** A metric of a comparison. */
export interface Column {
  /** `segmentation.dsc`; of a structure that was asked for `segmentation.dsc.right_ventricle`. */
  readonly path: string;
  /** The structures that it is the mean of: rows have their values under the paths of {@link structurePaths}. */
  readonly structures: readonly string[];
  readonly title: string;
  /** `1`, `mm`, `px` or `dB`. */
  readonly unit: string;
  readonly better: 'higher' | 'lower';
  /** The class that counts as positive, where that matters. */
  readonly positive: string | null;
}

/** The column of a path; none for a metric that does not exist. */
export function columnOf(path: string, members: readonly ComparedMember[]): readonly Column[] {
  const { head, metric, structure } = partsOfMetric(path);
  const facts = metricFacts(metric);
  if (facts === undefined) return [];
  const cases = members.flatMap(({ runs }) => runs.flatMap((run) => run.cases));
  const length = () => lengthUnit(cases.flatMap(({ masks }) => masks[head] ?? []));
  const unit = facts.unit === 'ratio' ? '1' : facts.unit === 'distance' ? length() : facts.unit;
  const positive = facts.positive ? (members[0]?.plan.data.positive ?? null) : null;
  const structures = structure === null ? structuresNamed(members, head) : [];
  const title = structure === null ? facts.title : `${facts.title} of ${structure}`;
  return [{ path, structures, title, unit, better: facts.better, positive }];
}

/** The structures that the first row that has the head tells apart. */
function structuresNamed(members: readonly ComparedMember[], name: string): readonly string[] {
  for (const { plan } of members) {
    const head = plan.heads.find((known) => known.name === name);
    if (head !== undefined) return structuresOf(head, plan.data);
  }
  return [];
}

/** The paths of a column's structures, in order. */
export function structurePaths({ path, structures }: Pick<Column, 'path' | 'structures'>): readonly string[] {
  const { head, metric } = partsOfMetric(path);
  return structures.map((structure) => metricPath(head, metric, structure));
}

/** A column, and those of its structures: for tables with a line or picture for every number. */
export function withStructures(column: Column): readonly Column[] {
  const below = structurePaths(column).map((path, index): Column => {
    return { ...column, path, structures: [], title: `${column.title} of ${column.structures[index]}` };
  });
  return [column, ...below];
}

/** Whether a path is of one structure alone. */
export function isOfStructure(path: string): boolean {
  return partsOfMetric(path).structure !== null;
}
