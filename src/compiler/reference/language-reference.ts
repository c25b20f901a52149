import { formatSignature, operation, operationNames } from '../ir/operations.ts';
import { losses } from '../semantics/settings/losses/table.ts';
import { type MetricFacts, metrics } from '../semantics/settings/metrics.ts';
import { phantomAttributes } from '../semantics/settings/phantom-attributes.ts';
import {
  attributeTopics,
  type GroupTopic,
  optionsOf,
  type SettingTopic,
  settingTopics,
} from './settings-reference.ts';

/** A loss or a metric, as documentation shows it. */
export interface Term {
  readonly kind: 'loss' | 'metric';
  readonly name: string;
  /** As an experiment writes it. */
  readonly signature: string;
  /** The kinds of heads that it suits. */
  readonly heads: readonly string[];
  /** One sentence without a full stop. */
  readonly doc: string;
  /** Of a metric: its unit, which values are better, and what counts where there is nothing to measure. */
  readonly measured: readonly string[];
}

/** Every loss and metric of the language. A name can be both. */
export const terms: readonly Term[] = [
  ...Object.entries(losses).map(([name, { heads, doc, options }]) => {
    const signature = `${name}(${['head', ...optionsOf(options)].join(', ')})`;
    return { kind: 'loss' as const, name, signature, heads, doc, measured: [] };
  }),
  {
    kind: 'loss',
    name: 'deep_supervision',
    signature: 'deep_supervision(losses, also, weights = none)',
    heads: ['mask', 'label'],
    doc: 'Losses of one head, and the same of the heads that `also` lists, each with half the weight of the one before or with the given weights, which then sum to 1; Lee et al. 2015 (arXiv 1409.5185)',
    measured: [],
  },
  ...Object.entries(metrics).map(([name, facts]) => {
    const { head, title, definition } = facts;
    const doc = `${title[0]!.toUpperCase()}${title.slice(1)}: ${definition}`;
    const measured = measuredLines(facts);
    return { kind: 'metric' as const, name, signature: name, heads: [head], doc, measured };
  }),
];

function measuredLines({ head, unit, better, of, empty, caveat }: MetricFacts): readonly string[] {
  const units = {
    ratio: 'a share from 0 to 1',
    distance: 'mm, or px where an image has no spacing',
    dB: 'dB',
    value: 'that of the attribute which the head predicts',
  };
  return [
    `unit: ${units[unit]}; ${better} is better`,
    ...(head === 'mask'
      ? [
          `the mean runs over ${of}s; of several structures each has its own, and their mean is shown beside them`,
          `an empty mask: ${empty}; how many there were is said beside the number`,
        ]
      : [`nothing to measure: ${empty}`]),
    ...(caveat === undefined ? [] : [caveat]),
  ];
}

/** The part of the language reference that derives from the compiler's tables, as Markdown. */
export function languageReference(): string {
  return [
    '## Operations',
    '',
    markdownTable(
      ['operation', 'what it does'],
      operationNames
        .filter((name) => operation(name).notation !== 'statement')
        .map((name) => [code(formatSignature(name)), operation(name).summary]),
    ),
    '',
    '`cmrc explain conv` shows an operation with its parameters and an example.',
    '',
    '## Losses',
    '',
    markdownTable(['loss', 'heads', 'what it is'], terms.filter(({ kind }) => kind === 'loss').map(termRow)),
    '',
    '## Metrics',
    '',
    markdownTable(
      ['metric', 'heads', 'what it is'],
      terms.filter(({ kind }) => kind === 'metric').map(termRow),
    ),
    '',
    '## Settings of a dataset',
    '',
    settingsTable(settingTopics.filter(({ of }) => of === 'dataset')),
    '',
    '## Settings of an attribute',
    '',
    settingsTable(attributeTopics),
    '',
    'A phantom knows of each heart:',
    '',
    markdownTable(
      ['attribute', 'what it is', 'unit or classes'],
      Object.entries(phantomAttributes).map(([name, drawn]) => [
        code(name),
        drawn.doc,
        'unit' in drawn ? drawn.unit : drawn.classes.map(code).join(', '),
      ]),
    ),
    '',
    '## Settings of an experiment',
    '',
    settingsTable(settingTopics.filter(({ of }) => of === 'experiment')),
  ].join('\n');
}

function termRow({ signature, heads, doc }: Term): readonly string[] {
  return [code(signature), heads.join(', '), doc];
}

function settingsTable(topics: readonly (SettingTopic | GroupTopic)[]): string {
  return markdownTable(['setting', 'value', 'default', 'meaning'], topics.flatMap(settingRows));
}

/** A row of a setting, and rows of what is called in it. */
function settingRows(topic: SettingTopic | GroupTopic): readonly (readonly string[])[] {
  if (topic.kind === 'group') return [[code(topic.path), 'settings', '', topic.doc]];
  const { path, value, initial, doc, functions } = topic;
  const inside = functions.map(({ signature, doc: what, parameters }) => [
    '',
    code(signature),
    '',
    [what, ...parameters.map((parameter) => `${code(parameter.name)}: ${parameter.doc}`)].join('; '),
  ]);
  return [[code(path), value, initial, doc], ...inside];
}

function code(text: string): string {
  return `\`${text}\``;
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(header), line(header.map(() => '---')), ...rows.map(line)].join('\n');
}
