import {
  labelSpace,
  metricFacts,
  metricPath,
  partsOf,
  partsOfMetric,
  valueAttribute,
} from '../../../compiler/index.ts';
import { lengthUnit } from '../../metrics/masks/mask-metrics.ts';
import type { ComparedMember } from './members.ts';

/** A metric of a comparison. */
export interface Column {
  /** `segmentation.dsc`; of a structure that was asked for `segmentation.dsc.right_ventricle`. */
  readonly path: string;
  /** The structures that it is the mean of: rows have their values under the paths of {@link structurePaths}. */
  readonly structures: readonly string[];
  readonly title: string;
  /** `1`, `mm`, `px`, `dB` or the unit of a value. */
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
  const found = memberWith(members, head);
  const units = {
    ratio: () => '1',
    dB: () => 'dB',
    distance: length,
    value: () => (found === undefined ? '' : valueAttribute(found.head, found.data).unit),
  };
  const unit = units[facts.unit]();
  const positive = facts.positive && found !== undefined ? labelSpace(found.head, found.data).positive : null;
  const structures = structure === null && found !== undefined ? partsOf(found.head, found.data) : [];
  const title = structure === null ? facts.title : `${facts.title} of ${structure}`;
  return [{ path, structures, title, unit, better: facts.better, positive }];
}

/** The head in the first row that has it, with that row's data. */
function memberWith(members: readonly ComparedMember[], name: string) {
  for (const { plan } of members) {
    const head = plan.heads.find((known) => known.name === name);
    if (head !== undefined) return { head, data: plan.data };
  }
  return undefined;
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
