import {
  type AttributePlan,
  alternatives,
  type Bag,
  type DataPlan,
  didYouMean,
  type RunPlan,
} from '../../../compiler/index.ts';
import { groupBy } from '../../random/group.ts';
import type { Manifest, ManifestRow } from '../manifest/manifest.ts';
import { attributeValue } from './attributes.ts';
import { classOf, type DataNeeds } from './dataset.ts';

/** Checks what the rows say of themselves and of each other: classes, folds, counts. Opens no image. */
export function checkRows(manifest: Manifest, plan: RunPlan, needs: DataNeeds, bag: Bag): void {
  const { rows } = manifest;
  if (needs.masks) checkStructures(manifest, plan.data, bag);
  for (const row of rows) checkTruth(row, plan.data, needs, bag);
  if ((plan.data.neighbours ?? 0) > 0) checkNeighbours(rows, bag);
  const patients = groupBy(rows, ({ entry }) => entry.patient);
  for (const [patient, own] of patients) {
    if (needs.labels) checkOneClass(patient, own, plan.data, bag);
    for (const attribute of needs.attributes) {
      if (attribute.kind === 'value' && attribute.of === 'patient')
        checkOneAttribute(patient, own, attribute, bag);
    }
    if (plan.evaluate.folds.group === 'patient') checkOneFold(patient, own, bag);
  }
  if (needs.training) checkFolds(manifest, plan, bag);
  if (!manifest.whole) return;
  checkCounts(manifest, plan.data, patients.size, bag);
  if (needs.training) checkShares(manifest, plan, needs, patients, bag);
}

/** A structure of the spec and of the manifest that have one name are of one value. */
function checkStructures({ structures }: Manifest, plan: DataPlan, bag: Bag): void {
  for (const { name, values } of plan.structures) {
    const said = structures.get(name);
    if (said === undefined || values.length === 0 || values.includes(said.value)) continue;
    const others = [...structures].filter(([, { value }]) => values.includes(value));
    bag.report('structureValue', {
      at: said.span,
      arguments: {
        name,
        value: said.value,
        dataset: plan.name,
        own: alternatives(values.map(String), 'and'),
      },
      notes: others.map(([other, { value }]) => `${value} is \`${other}\` in the manifest`),
      help: [{ message: `write \`${name} = ${said.value}\` into \`structures\`, or correct the manifest` }],
    });
  }
}

function checkTruth(row: ManifestRow, plan: DataPlan, needs: DataNeeds, bag: Bag): void {
  const { id, label, mask, mask_array } = row.entry;
  const place = rowNote(row);
  if (needs.masks && mask === undefined && mask_array === undefined) {
    bag.report('missingTruth', { at: row.span, arguments: { id, role: 'mask' }, notes: [place] });
  }
  for (const attribute of needs.attributes) checkAttribute(row, attribute, bag);
  if (!needs.labels) return;
  if (label === undefined) {
    bag.report('missingTruth', { at: row.span, arguments: { id, role: 'label' }, notes: [place] });
  } else if (classOf(plan, label) === null) {
    const labels = plan.classes.flatMap(({ labels }) => labels);
    bag.report('unknownLabel', {
      at: row.at('label'),
      arguments: { id, label },
      notes: [place, `the labels of \`${plan.name}\` are ${alternatives(labels, 'and')}`],
      help: didYouMean(row.at('label'), label, labels),
    });
  }
}

/** Every row gives what a head predicts, as what the spec says that it is. */
function checkAttribute(row: ManifestRow, attribute: AttributePlan, bag: Bag): void {
  const { id, attributes = {} } = row.entry;
  const { name, column } = attribute;
  const given = attributes[column];
  if (attributeValue(attribute, given) !== undefined) return;
  const notes = [rowNote(row), ...(column === name ? [] : [`\`${name}\` is its attribute \`${column}\``])];
  if (given === undefined) {
    bag.report('missingTruth', {
      at: row.span,
      arguments: { id, role: `attribute \`${column}\`` },
      notes,
      help: [{ message: `add \`attributes: { ${column}: … }\` to the row, or leave the image out` }],
    });
    return;
  }
  const known = attribute.kind === 'value' ? [] : attribute.classes.flatMap(({ labels }) => labels);
  bag.report('attributeValue', {
    at: row.at('attributes'),
    arguments: {
      id,
      column,
      given: JSON.stringify(given),
      wanted:
        attribute.kind === 'value'
          ? `a number in ${attribute.unit}`
          : `${attribute.several ? 'a list of some of' : 'one of'} ${alternatives(known, 'and')}`,
    },
    notes,
    help:
      attribute.kind === 'value' &&
      typeof given === 'string' &&
      given.trim() !== '' &&
      Number.isFinite(Number(given))
        ? [{ message: 'leave the quotes out' }]
        : [],
  });
}

/** What is of a patient is the same in all rows of the patient. */
function checkOneAttribute(
  patient: string,
  rows: readonly ManifestRow[],
  { column }: AttributePlan,
  bag: Bag,
): void {
  const given = rows.filter(({ entry }) => entry.attributes?.[column] !== undefined);
  const text = ({ entry }: ManifestRow) => JSON.stringify(entry.attributes![column]);
  const first = given[0];
  const other = given.find((row) => first !== undefined && text(row) !== text(first));
  if (first === undefined || other === undefined) return;
  bag.report('contradictoryAttribute', {
    at: other.at('attributes'),
    arguments: { patient, column, first: text(first), second: text(other) },
    secondary: [{ span: first.at('attributes'), text: `${text(first)} here` }],
    notes: [`rows ${first.number} and ${other.number}`],
    help: [{ message: `leave \`of = patient\` out where images have values of their own` }],
  });
}

/** Imports once wrote cines without `slices`; then the last slice of a phase would be beside the first of the next. */
const rowOfCine = /_t\d+_s\d+$/;

/** Neighbours are slices of one array and of one point in time. */
function checkNeighbours(rows: readonly ManifestRow[], bag: Bag): void {
  const report = (own: readonly ManifestRow[], reason: string, help: string) => {
    const [first] = own;
    if (first === undefined) return;
    bag.report('noNeighbours', {
      at: first.span,
      arguments: { id: first.entry.id, reason },
      notes: [rowNote(first), ...(own.length > 1 ? [`so it is with ${own.length - 1} more rows`] : [])],
      help: [{ message: help }],
    });
  };
  report(
    rows.filter(({ entry }) => entry.slice === undefined),
    'its row names no `slice` of an array',
    'import whole volumes, or leave `neighbours` out',
  );
  report(
    rows.filter(
      ({ entry }) => entry.slice !== undefined && entry.slices === undefined && rowOfCine.test(entry.id),
    ),
    'it is of a cine, and its row does not say how many `slices` a point in time has',
    'import the folder again, or give `slices` in each row',
  );
}

/** A class is a diagnosis of a person: two of them for one person is a mistake of the export. */
function checkOneClass(patient: string, rows: readonly ManifestRow[], plan: DataPlan, bag: Bag): void {
  const named = rows.flatMap((row) => {
    const name = row.entry.label === undefined ? null : classOf(plan, row.entry.label);
    return name === null ? [] : [{ row, name }];
  });
  const first = named[0];
  const other = named.find(({ name }) => name !== first?.name);
  if (first === undefined || other === undefined) return;
  bag.report('contradictoryLabels', {
    at: other.row.at('label'),
    arguments: { patient, first: first.name, second: other.name },
    secondary: [{ span: first.row.at('label'), text: `\`${first.name}\` here` }],
    notes: [`rows ${first.row.number} and ${other.row.number}`],
  });
}

function checkOneFold(patient: string, rows: readonly ManifestRow[], bag: Bag): void {
  const given = rows.filter(({ entry }) => entry.fold !== undefined);
  const first = given[0];
  const other = given.find(({ entry }) => entry.fold !== first?.entry.fold);
  if (first === undefined || other === undefined) return;
  bag.report('splitPatient', {
    at: other.at('fold'),
    arguments: { patient, first: first.entry.fold!, second: other.entry.fold! },
    secondary: [{ span: first.at('fold'), text: `fold ${first.entry.fold} here` }],
    notes: [
      `rows ${first.number} and ${other.number}`,
      'a patient whose images both train and test makes the result better than it is',
    ],
  });
}

function checkFolds({ rows, span }: Manifest, plan: RunPlan, bag: Bag): void {
  const { count, kind } = plan.evaluate.folds;
  const without = rows.filter(({ entry }) => entry.fold === undefined);
  if (without.length === rows.length) return;
  // With a holdout, images without a fold are those that train.
  if (without.length > 0 && kind === 'kfold') {
    bag.report('incompleteFolds', {
      at: without[0]?.span ?? span,
      arguments: { count: without.length, total: rows.length },
      help: [{ message: 'give every row a `fold`, or none, so that the seed deals them' }],
    });
  }
  for (const row of rows) {
    const { fold, id } = row.entry;
    if (fold !== undefined && fold > count) {
      bag.report('foldRange', { at: row.at('fold'), arguments: { id, fold, count }, notes: [rowNote(row)] });
    }
  }
}

function checkCounts({ rows, span }: Manifest, plan: DataPlan, patients: number, bag: Bag): void {
  const expect = (expected: number | null | undefined, found: number, what: string) => {
    if (expected === null || expected === undefined || expected === found) return;
    bag.report('unexpectedCount', {
      at: span,
      arguments: { what, found, expected },
      notes: [`the dataset \`${plan.name}\` says what it expects`],
    });
  };
  expect(plan.expect.images, rows.length, 'images');
  expect(plan.expect.patients, patients, 'patients');
  for (const [name, expected] of Object.entries(plan.expect.classes)) {
    const found = rows.filter(
      ({ entry }) => entry.label !== undefined && classOf(plan, entry.label) === name,
    ).length;
    expect(expected, found, `images of class \`${name}\``);
  }
}

/** Every fold needs a patient, and every class should have one in each. */
function checkShares(
  { rows, span }: Manifest,
  plan: RunPlan,
  needs: DataNeeds,
  patients: ReadonlyMap<string, readonly ManifestRow[]>,
  bag: Bag,
): void {
  const folds = Math.max(2, plan.evaluate.folds.count);
  if (plan.evaluate.folds.group === 'patient' && patients.size < folds) {
    bag.report('fewPatients', { at: span, arguments: { patients: patients.size, folds } });
    return;
  }
  if (!needs.labels) return;
  for (const { name } of plan.data.classes) {
    const own = rows.filter(
      ({ entry }) => entry.label !== undefined && classOf(plan.data, entry.label) === name,
    );
    const count = new Set(own.map(({ entry }) => entry.patient)).size;
    if (count < folds) bag.report('rareClass', { at: span, arguments: { name, patients: count, folds } });
  }
}

/** Says where a row is, for readers who do not see the code frame. */
export function rowNote(row: ManifestRow): string {
  return `row ${row.number} of the manifest`;
}
