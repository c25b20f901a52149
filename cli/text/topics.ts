import {
  type FunctionTopic,
  type GroupTopic,
  type SettingTopic,
  settingTopics,
  type UnitTopic,
  unitTopics,
  settingText as written,
} from '../../src/compiler/index.ts';
import { layoutFacts } from '../../src/runtime/index.ts';
import { columns } from './columns.ts';

/** A way in which a folder of images is laid out. */
interface LayoutTopic {
  readonly kind: 'layout';
  readonly name: string;
  readonly title: string;
  readonly needs: string;
}

/** What `cmrc explain` knows beside codes, operations, losses and metrics. */
export type Topic = SettingTopic | FunctionTopic | GroupTopic | UnitTopic | LayoutTopic;

const functions = settingTopics.flatMap((topic) => (topic.kind === 'setting' ? topic.functions : []));

const layoutTopics = Object.entries(layoutFacts).map(
  ([name, { title, needs }]): LayoutTopic => ({ kind: 'layout', name, title, needs }),
);

const named: readonly (readonly [string, Topic])[] = [
  ...settingTopics.flatMap((topic) => {
    const last = topic.path.split('.').at(-1)!;
    return [topic.path, ...(last === topic.path ? [] : [last])].map((name) => [name, topic] as const);
  }),
  ...[...functions, ...unitTopics, ...layoutTopics].map((topic) => [topic.name, topic] as const),
];

/** Every name that a topic can be asked for by. */
export const topicNames: readonly string[] = [...new Set(named.map(([name]) => name))];

/** The topics of a name: settings by their path or its last word. */
export function topicsNamed(name: string): readonly Topic[] {
  return named.flatMap(([own, topic]) => (own === name ? [topic] : []));
}

/** A topic as lines. */
export function topicText(topic: Topic): readonly string[] {
  switch (topic.kind) {
    case 'setting':
      return linesOf(topic);
    case 'function':
      return [
        topic.signature,
        '',
        `  a choice of \`${topic.setting}\` in ${owner(topic)}: ${topic.doc}`,
        ...columns(topic.parameters.map(({ name, value, doc }) => [`  ${name}`, value, doc])),
        '',
        `  ${topic.setting} = ${topic.example}`,
      ];
    case 'group':
      return [
        topic.path,
        '',
        `  a group of settings in ${owner(topic)}: ${topic.doc}`,
        ...(topic.settings.length > 0 ? [`  it has ${topic.settings.join(', ')}`] : []),
      ];
    case 'unit':
      return [
        topic.name,
        '',
        `  a unit: ${topic.doc}`,
        ...(topic.settings.length > 0 ? [`  taken by ${topic.settings.join(', ')}`] : []),
      ];
    case 'layout':
      return [
        topic.name,
        '',
        `  a layout of \`cmrc data import\`: ${topic.title}`,
        `  it needs ${topic.needs}`,
        '',
        `  cmrc data import ${topic.name} FOLDER --out data/mine.yaml`,
      ];
    default:
      return topic satisfies never;
  }
}

function linesOf(topic: SettingTopic): readonly string[] {
  const { path, value, initial, doc, example, functions: inside } = topic;
  return [
    path,
    '',
    `  a setting of ${owner(topic)}: ${doc}`,
    `  it takes ${value}; default: ${initial}`,
    ...(inside.length > 0 ? ['', ...columns(inside.map((one) => [`  ${one.signature}`, one.doc]))] : []),
    ...(example === null ? [] : ['', `  ${written(path, example)}`]),
  ];
}

function owner({ of }: { readonly of: 'dataset' | 'experiment' }): string {
  return of === 'dataset' ? 'a dataset' : 'an experiment';
}
