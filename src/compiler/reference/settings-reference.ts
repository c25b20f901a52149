import { attributeTable } from '../semantics/settings/attributes.ts';
import { exampleCall, exampleOf } from '../semantics/settings/calls.ts';
import { datasetTable } from '../semantics/settings/dataset-table.ts';
import type { Key, Table } from '../semantics/settings/table.ts';
import { experimentTable } from '../semantics/settings.ts';
import { quantities } from '../semantics/values/types.ts';

/** What a setting belongs to. */
export type SettingOwner = 'dataset' | 'experiment';

/** One key of a dataset or an experiment, as documentation shows it. */
export interface SettingTopic {
  readonly kind: 'setting';
  /** As a spec and `--set` write it: `augment.scale`. */
  readonly path: string;
  readonly of: SettingOwner;
  /** What it takes, in words. */
  readonly value: string;
  /** As the language writes it, or in words; `required` where there is none. */
  readonly initial: string;
  /** One sentence without a full stop. */
  readonly doc: string;
  /** A value as it must be written; null for what needs a spec around it. */
  readonly example: string | null;
  /** What can be called in it. */
  readonly functions: readonly FunctionTopic[];
}

/** What a setting takes as a call, such as a step of `fit`. */
export interface FunctionTopic {
  readonly kind: 'function';
  readonly name: string;
  readonly of: SettingOwner;
  /** The path of the setting. */
  readonly setting: string;
  readonly signature: string;
  readonly doc: string;
  readonly parameters: readonly { readonly name: string; readonly value: string; readonly doc: string }[];
  readonly example: string;
}

/** A group of settings, such as `train`. */
export interface GroupTopic {
  readonly kind: 'group';
  readonly path: string;
  readonly of: SettingOwner;
  readonly doc: string;
  readonly settings: readonly string[];
}

/** A unit of the language. */
export interface UnitTopic {
  readonly kind: 'unit';
  readonly name: string;
  readonly doc: string;
  /** The settings that take it. */
  readonly settings: readonly string[];
}

/** Every setting and group, in the order of the tables. */
export const settingTopics: readonly (SettingTopic | GroupTopic)[] = [
  ...topicsOf(datasetTable, 'dataset', ''),
  ...topicsOf(experimentTable, 'experiment', ''),
];

/** Every setting of one entry of a dataset's `attributes`. */
export const attributeTopics = topicsOf(attributeTable, 'dataset', '');

/** Those of quantities, and the two that stand for a number of others. */
const units: readonly string[] = ['%', ...Object.values(quantities).map(({ unit }) => unit), 'GB'];

/** Every unit of the language. */
export const unitTopics: readonly UnitTopic[] = units.map((name) => {
  const taking = settingTopics.filter(
    (topic): topic is SettingTopic => topic.kind === 'setting' && takes(topic, name),
  );
  return { kind: 'unit', name, doc: unitDoc(name), settings: taking.map(({ path }) => path) };
});

/** A setting as a spec writes it: braces follow the name, everything else an equals sign. */
export function settingText(path: string, value: string): string {
  return value.startsWith('{') ? `${path} ${value}` : `${path} = ${value}`;
}

function topicsOf(table: Table, of: SettingOwner, prefix: string): readonly (SettingTopic | GroupTopic)[] {
  return Object.entries(table).flatMap(([name, part]): readonly (SettingTopic | GroupTopic)[] => {
    const path = `${prefix}${name}`;
    if (part.kind === 'group') {
      const inside = topicsOf(part.keys, of, `${path}.`);
      const settings = inside.flatMap((topic) => (topic.kind === 'setting' ? [topic.path] : []));
      return [{ kind: 'group', path, of, doc: part.doc, settings }, ...inside];
    }
    return [settingOf(part, of, path)];
  });
}

function settingOf(part: Key<unknown>, of: SettingOwner, path: string): SettingTopic {
  const { type, doc, source } = part;
  const example = exampleOf(part);
  return {
    kind: 'setting',
    path,
    of,
    value: type.describe,
    initial: 'default' in part ? initialOf(part) : 'required',
    doc: source ? `${doc} (${source})` : doc,
    example: example === '' ? null : example,
    functions: Object.entries(type.inside ?? {}).map(([name, options]) => ({
      kind: 'function',
      name,
      of,
      setting: path,
      signature: `${name}(${optionsOf(options).join(', ')})`,
      doc: type.insideDocs![name]!,
      parameters: Object.entries(options).map(([option, own]) => ({
        name: option,
        value: own.kind === 'key' ? own.type.describe : 'settings',
        doc: own.doc,
      })),
      example: exampleCall(name, options),
    })),
  };
}

/** The parameters of a loss or a function of settings, with what they are where nobody says it. */
export function optionsOf(options: Table): readonly string[] {
  return Object.entries(options).map(([name, part]) =>
    part.kind === 'key' && 'default' in part ? `${name} = ${initialOf(part)}` : name,
  );
}

function initialOf({ written, default: value, type }: Key<unknown>): string {
  if (written !== undefined) return written;
  if (value === null) return 'none';
  return typeof value === 'string' && type.bare ? value : JSON.stringify(value);
}

/** Whether the words or the example of a setting, or of what is called in it, show a unit. */
function takes(topic: SettingTopic, unit: string): boolean {
  const texts = [
    topic.value,
    topic.example ?? '',
    ...topic.functions.flatMap(({ example, parameters }) => [
      example,
      ...parameters.map(({ value }) => value),
    ]),
  ];
  return texts.some((text) => new RegExp(`\\d ?${unit}(?![a-z])`).test(text));
}

function unitDoc(name: string): string {
  if (name === '%') return 'One hundredth: `25%` is 0.25';
  if (name === 'GB') return 'A thousand MB';
  const quantity = Object.values(quantities).find(({ unit }) => unit === name)!;
  return `The unit of ${quantity.article.replace(/ in .*/, '')}: a type of its own, which a plain number does not stand for`;
}
