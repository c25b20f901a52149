import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { metricsOf } from '../../src/compiler/semantics/metrics.ts';
import { labelMetrics } from '../../src/runtime/metrics/label-metrics.ts';
import { maskMetrics } from '../../src/runtime/metrics/mask-metrics.ts';

const test = suite('metric names');

/** Names of a table that a spec can ask for: all but those that are only given beside another. */
function asked(table: Readonly<Record<string, object>>): readonly string[] {
  const beside = new Set(Object.values(table).map((metric) => ('beside' in metric ? metric.beside : null)));
  return Object.keys(table).filter((name) => !beside.has(name));
}

test('the language knows exactly the metrics that the runtime computes', () => {
  assert.equal([...metricsOf('mask')].sort(), [...asked(maskMetrics)].sort());
  assert.equal([...metricsOf('label')].sort(), Object.keys(labelMetrics).sort());
});

test('what is given beside a metric is in the table', () => {
  for (const metric of Object.values(maskMetrics)) {
    if ('beside' in metric) assert.ok(metric.beside in maskMetrics);
  }
});

test.run();
