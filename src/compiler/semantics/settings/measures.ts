import { didYouMean } from '../../diagnostics/suggest.ts';
import type * as ast from '../../syntax/ast.ts';
import { number, text } from './constants.ts';
import { type MetricName, metrics, metricsOf } from './metrics.ts';
import { describeExpression, leaf, what } from './nodes.ts';
import { type Key, key, type Reading, type SettingType, unknownName } from './table.ts';
import type { SettingNode } from './tree.ts';

/** `segmentation = [dsc, jaccard]` in `evaluate`. */
export function headMetrics(name: ast.Name, { heads }: Reading): Key<readonly string[]> | undefined {
  const head = heads?.find((candidate) => candidate.name.text === name.text);
  // Without a model there is no telling which names are heads.
  if (!head && heads) return undefined;
  return key(metricList(head), `The metrics of the head \`${name.text}\``);
}

/** `segmentation.dsc = 82.14%` in `reported`. */
export function published(
  name: ast.Name,
  { heads }: Reading,
): Key<Readonly<Record<string, number | string>>> | undefined {
  const head = heads?.find((candidate) => candidate.name.text === name.text);
  if (!head && heads) return undefined;
  return key(publishedValues(head), `Published values of the head \`${name.text}\``);
}

/** Reports a metric that does not exist or does not suit the head, and returns the others. */
export function checkMetric(
  name: ast.Name,
  head: ast.Head | undefined,
  { reporter }: Pick<Reading, 'reporter'>,
): MetricName | undefined {
  const metric = Object.hasOwn(metrics, name.text) ? (name.text as MetricName) : undefined;
  if (!metric) {
    const candidates = head ? metricsOf(head.headKind.text) : Object.keys(metrics);
    reporter.report('unknownName', {
      at: name.span,
      arguments: { kind: 'metric', name: name.text },
      help: didYouMean(name.span, name.text, candidates),
    });
    return undefined;
  }
  if (!head || metrics[metric].head === head.headKind.text) return metric;
  const kind = head.headKind.text;
  // A kind that there is not was reported where it stands.
  if (metricsOf(kind).length === 0) return metric;
  reporter.report('metricHead', {
    at: name.span,
    arguments: { metric, kind },
    secondary: [{ span: head.headKind.span, text: `declared as a ${kind} here` }],
    notes: [`${kind} heads are measured by ${metricsOf(kind).join(', ')}`],
  });
  return undefined;
}

function metricList(head: ast.Head | undefined): SettingType<readonly string[]> {
  return {
    describe: 'a list of metrics',
    read(node, reading) {
      if (!leaf(node, reading)) return undefined;
      const { value } = node.entry;
      const items = value.kind === 'list' ? value.items : [value];
      const names = items.map((item) => {
        if (item.kind === 'reference') return checkMetric(item.name, head, reading);
        if (item.kind !== 'hole') {
          reading.reporter.report('typeMismatch', {
            at: item.span,
            arguments: { what: what(node), expected: this.describe, actual: describeExpression(item) },
          });
        }
        return undefined;
      });
      return names.includes(undefined) ? undefined : (names as string[]);
    },
  };
}

function publishedValues(head: ast.Head | undefined): SettingType<Readonly<Record<string, number | string>>> {
  return {
    describe: 'published values by metric',
    read(node, reading) {
      if (node.entry) {
        reading.reporter.report('typeMismatch', {
          at: node.entry.value.span,
          arguments: {
            what: what(node),
            expected: 'a metric, as in `segmentation.dsc = 82.14%`',
            actual: describeExpression(node.entry.value),
          },
        });
        return undefined;
      }
      const read = [...node.children.values()].map((child) => ({
        metric: checkMetric(child.name!, head, reading),
        value: publishedValue(child, reading),
      }));
      const sound = read.every(({ metric, value }) => metric !== undefined && value !== undefined);
      if (!sound) return undefined;
      return Object.fromEntries(read.map(({ metric, value }) => [metric!, value!]));
    },
  };
}

/** A number, or a text that says why there is none. */
function publishedValue(node: SettingNode, reading: Reading): number | string | undefined {
  if (node.entry) return (node.entry.value.kind === 'string' ? text() : number()).read(node, reading);
  for (const child of node.children.values()) unknownName(child, what(node), [], reading);
  return undefined;
}
