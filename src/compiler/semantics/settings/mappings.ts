import type { DataPlan } from '../../plan/run-plan.ts';
import { oneOrMore } from './calls.ts';
import { texts, whole } from './constants.ts';
import { valueNode, what } from './nodes.ts';
import type { Reading, SettingType } from './table.ts';
import type { SettingNode } from './tree.ts';

/** `["healthy", "diseased"]`, or braces that give each class the manifest's labels that belong to it. */
export const classes: SettingType<DataPlan['classes']> = {
  describe: 'a list of names, or braces such as `{ healthy = ["NOR"] }`',
  example: '["healthy", "diseased"]',
  read(node, reading) {
    if (node.entry) {
      const names = texts().read(node, reading);
      return names?.map((name) => ({ name, labels: [name] }));
    }
    const read = namedItems(node, texts(), reading);
    const list = read?.map(({ name, items }) => ({ name, labels: items }));
    return list && distinct(node, list, (item) => item.labels, reading);
  },
};

/** `{ myocardium = 2 }`: the mask values that belong to each structure. */
export const structures: SettingType<DataPlan['structures']> = {
  describe: 'braces that give each structure its mask values, such as `{ myocardium = 2 }`',
  example: '{ myocardium = 2 }',
  read(node, reading) {
    if (node.entry) return reportBraces(node, this.describe, reading);
    const read = namedItems(node, oneOrMore(whole({ minimum: 1 })), reading);
    const list = read?.map(({ name, items }) => ({ name, values: items }));
    return list && distinct(node, list, (item) => item.values, reading);
  },
};

/** `{ images = 654, patients = 220, healthy = 577 }`: names other than the first two are classes. */
export const counts: SettingType<DataPlan['expect']> = {
  describe: 'braces with numbers of `images`, `patients` and of each class',
  example: '{ images = 64 }',
  read(node, reading) {
    if (node.entry) return reportBraces(node, this.describe, reading);
    const numbers = new Map<string, number>();
    let sound = true;
    for (const [name, child] of node.children) {
      const count = whole({ minimum: 0 }).read(child, reading);
      if (count === undefined) sound = false;
      else numbers.set(name, count);
    }
    if (!sound) return undefined;
    const { images, patients, ...rest } = Object.fromEntries(numbers);
    return { images: images ?? null, patients: patients ?? null, classes: rest };
  },
};

function namedItems<T>(
  node: SettingNode,
  type: SettingType<readonly T[]>,
  reading: Reading,
): readonly { readonly name: string; readonly items: readonly T[] }[] | undefined {
  const read = [...node.children].map(([name, child]) => ({ name, items: type.read(child, reading) }));
  return read.some(({ items }) => items === undefined)
    ? undefined
    : (read as { name: string; items: readonly T[] }[]);
}

/** Reports a value that two names claim. */
function distinct<T extends { readonly name: string }>(
  node: SettingNode,
  list: readonly T[],
  valuesOf: (item: T) => readonly (string | number)[],
  reading: Reading,
): readonly T[] | undefined {
  const owners = new Map<string | number, string>();
  for (const item of list) {
    for (const value of valuesOf(item)) {
      const first = owners.get(value);
      owners.set(value, first ?? item.name);
      if (first === undefined) continue;
      const span = (name: string) => node.children.get(name)!.entry!.value.span;
      reading.reporter.report('sharedValue', {
        at: span(item.name),
        arguments: { value: JSON.stringify(value), first, second: item.name },
        secondary: first === item.name ? [] : [{ span: span(first), text: 'claimed here too' }],
      });
      return undefined;
    }
  }
  return list;
}

function reportBraces(node: SettingNode, expected: string, reading: Reading): undefined {
  const { value } = node.entry!;
  const actual = valueNode(node, value, node.entry!).entry!.value.kind;
  reading.reporter.report('typeMismatch', {
    at: value.span,
    arguments: { what: what(node), expected, actual: actual === 'list' ? 'a list' : 'a value' },
  });
  return undefined;
}
