import { alternatives } from '../../diagnostics/suggest.ts';
import type { AttributePlan } from '../../plan/run-plan.ts';
import { flag, number, text } from './constants.ts';
import { classes } from './mappings.ts';
import { what } from './nodes.ts';
import {
  complete,
  key,
  type Reading,
  readTable,
  type SettingType,
  type Settled,
  type Table,
} from './table.ts';
import type { SettingNode } from './tree.ts';
import { word } from './words.ts';

/** The settings of one attribute. Those with `classes` are for label heads, those with `unit` for value heads. */
export const attributeTable = {
  classes: key(
    classes,
    'The classes of an attribute that a label head predicts, as `classes` of the dataset',
    {
      default: [] as LabelClasses,
      written: 'none',
    },
  ),
  positive: key(text(), 'The class that counts as positive; needed where a metric or a single sigmoid asks', {
    default: null as string | null,
  }),
  several: key(flag(), 'Whether several classes may be true at once: rows then list those that are', {
    default: false,
  }),
  unit: key(text(), 'The unit of a number that a value head predicts, such as `"%"`, `"ms"` or `"mm"`', {
    default: null as string | null,
  }),
  scale: key(
    number({ above: 0 }),
    'What a number is divided by to be the value of the head, best about its deviation: losses and learning rates then mean the same whatever the unit',
    { default: 1 },
  ),
  of: key(
    word('image', 'patient'),
    'Whether each image has a number of its own, or all images of a patient one: metrics then take the mean of what is predicted of the images',
    { default: 'image' as const },
  ),
  margin: key(
    number({ minimum: 0 }),
    'Difference in the unit that makes no practical difference, as `evaluate.margin` is of shares',
    { default: 0 },
  ),
  column: key(text(), 'The name under `attributes` in the rows of the manifest, where it is another', {
    default: null as string | null,
    written: 'its own name',
  }),
} as const satisfies Table;

type LabelClasses = Extract<AttributePlan, { readonly kind: 'label' }>['classes'];

/** `{ sex { classes = ["female", "male"] } }`: what rows say beside masks and diagnoses. */
export const attributes: SettingType<readonly AttributePlan[]> = {
  describe: 'braces that give each attribute its `classes` or its `unit`',
  read(node, reading) {
    if (node.entry) {
      reading.reporter.report('typeMismatch', {
        at: node.entry.value.span,
        arguments: { what: what(node), expected: this.describe, actual: 'a value' },
      });
      return undefined;
    }
    const read = [...node.children].map(([name, child]) => attribute(name, child, reading));
    return read.includes(undefined) ? undefined : (read as AttributePlan[]);
  },
};

function attribute(name: string, node: SettingNode, reading: Reading): AttributePlan | undefined {
  const at = node.name!.span;
  if (node.entry) {
    reading.reporter.report('typeMismatch', {
      at: node.entry.value.span,
      arguments: { what: `\`${name}\``, expected: 'settings in braces', actual: 'a value' },
      help: [
        { message: `write \`${name} { unit = "…" }\` of a number, \`${name} { classes = […] }\` of a label` },
      ],
    });
    return undefined;
  }
  const values = complete(readTable(attributeTable, node, `\`${name}\``, reading));
  if (!values) return undefined;
  const problem = problemOf(values);
  if (problem !== null) {
    reading.reporter.report('attributeForm', { at, arguments: { name, problem } });
    return undefined;
  }
  const { classes: named, positive, several, unit, scale, of, margin } = values;
  const column = values.column ?? name;
  return unit === null
    ? { kind: 'label', name, column, classes: named, positive, several }
    : { kind: 'value', name, column, unit, scale, of, margin };
}

/** What does not go together; null where all does. */
function problemOf(values: Settled<typeof attributeTable>): string | null {
  const { classes: named, positive, several, unit, scale, of, margin } = values;
  const names = named.map((item) => item.name);
  if (unit === null && names.length === 0) return 'has neither `classes` nor a `unit`';
  if (unit !== null && names.length > 0) return 'has both `classes` and a `unit`';
  if (unit !== null) {
    if (unit.trim() === '') return 'has an empty `unit`: write `"1"` for a share';
    return positive !== null || several
      ? 'is a number, which has no `positive` class and no `several`'
      : null;
  }
  if (scale !== 1 || of !== 'image' || margin !== 0)
    return 'is a label, which has no `scale`, no `of` and no `margin`';
  if (new Set(names).size < names.length) return 'has two classes of one name';
  if (several && positive !== null)
    return 'has `several` classes, each of which is positive where it is true';
  if (positive !== null && !names.includes(positive)) {
    return `has the positive class \`${positive}\`, which is not one of ${alternatives(names, 'and')}`;
  }
  return names.length < 2 && !several ? 'has a single class, which tells nothing apart' : null;
}
