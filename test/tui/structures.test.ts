import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { insightKey } from '../../cli/tui/state/compare.ts';
import { rowsOf } from '../../cli/tui/state/rows.ts';
import { frameOf } from '../../cli/tui/views/frame.ts';
import { views } from '../../cli/tui/views/views.ts';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { evaluatePredictions, metricValues } from '../../src/runtime/metrics/evaluate.ts';
import { packMask } from '../../src/runtime/metrics/stored.ts';
import { insightOf } from '../../src/runtime/report/insight.ts';
import { Catalogue } from '../../src/runtime/runs/catalogue/catalogue.ts';
import { readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { briefOf } from '../../src/runtime/runs/record/brief.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { createRun, openRun } from '../../src/runtime/runs/record/store.ts';
import { readCases } from '../../src/runtime/runs/results/cases.ts';
import { writePredictions } from '../../src/runtime/runs/results/predictions.ts';
import { writeAtomically } from '../../src/runtime/storage/atomic.ts';
import { planOf, sound } from '../support/compiled.ts';
import { noon, recordedEvents } from '../support/recorded-run.ts';
import { after, freshSession, pressing } from '../support/recorded-session.ts';
import { structuredCases } from '../support/structured.ts';

const plan = planOf(
  sound(`network Tiny() {
  input image: [16, 16, 1]
  head segmentation: mask = image |> conv(4, kernel = 3) |> softmax()
}

dataset Hearts {
  source = phantom(images = 24)
  fit    = resize(16, 16)
  structures {
    right_ventricle = 1
    myocardium      = 2
    left_ventricle  = 3
  }
}

experiment Lost {
  model = Tiny()
  data  = Hearts
  loss  = 1.0 * cross_entropy(segmentation)
  train {
    optimizer = adam()
    epochs    = 8
  }
  evaluate {
    folds        = holdout(50%)
    segmentation = [dsc, hd95]
  }
}
`),
  'Lost',
);

/** A finished run whose right ventricle is never found; of an older version it does not say so by epoch. */
function record(parent: string, experiment: string, share: number, old: boolean): string {
  const folder = join(parent, `${experiment}-1`);
  // Runs of one family would be one row of a comparison.
  const own = { ...plan, experiment, train: { ...plan.train, batch: old ? 4 : 8 } };
  createRun(
    {
      folder,
      plan: own,
      workingFolder: process.cwd(),
      folds: [1],
      backend: null,
      overrides: [],
      versions: { cmrnet: '0.1.0', node: 'v20.20.0' },
      sources: [],
      now: new Date(noon),
    },
    new Bag(),
  );
  const cases = structuredCases(share).map((one) => ({ ...one, fold: 1 }));
  const values = Object.entries(metricValues(evaluatePredictions(plan, cases)));
  const kept = values.filter(([path]) => !old || path.split('.').length === 2);
  const events = recordedEvents({ done: 8 }).map((event) =>
    event.type === 'epoch' ? { ...event, heldOut: { loss: 0.4, ...Object.fromEntries(kept) } } : event,
  );
  const end = { type: 'finished', time: noon, fold: 1, epoch: 8 };
  writeAtomically(
    runFiles.events(folder),
    [...events, end].map((one) => `${JSON.stringify(one)}\n`).join(''),
  );
  writePredictions(folder, { version: 1, fold: 1, epoch: 8, backend: 'wasm', cases, pictures: {} });
  return folder;
}

const parent = mkdtempSync(join(tmpdir(), 'cmrnet-test-'));
const [folder, other] = [record(parent, 'Lost', 0.5, false), record(parent, 'Old', 0.7, true)];
const catalogue = new Catalogue(parent);
while (catalogue.poll(1000).more);
const runs = catalogue.runs();
const cases = readCases(openRun(folder, new Bag())!, new Bag()).map((one) => ({
  kind: 'case' as const,
  ...one,
}));
const found = insightOf([folder, other]);
const [events, brief] = [readEvents(runFiles.events(folder)), briefOf(openRun(folder, new Bag())!.record)];
rmSync(parent, { recursive: true, force: true });

const screen = { columns: 80, rows: 24 };
const start = after(freshSession(screen, parent), { kind: 'catalogue', runs, loading: false });
/** The table with a run under the cursor. */
const under = (one: string) => {
  const cursor = rowsOf(start.runs).findIndex(({ runs: [run] }) => run?.folder === one);
  return { ...start, runs: { ...start.runs, cursor } };
};
const shown = (session: typeof start) => frameOf(session).join('\n');

const test = suite('structures in the interface');

test('the table marks a mean that hides a structure, and says which below', () => {
  const session = under(folder);
  assert.match(shown(session), / 0\.\d{4}! /);
  assert.match(shown(session), / · dsc \(rv 0\.25 · myo 0\.\d\d · lv 1\.00\)/);
});

test('a run of an older version shows its mean alone', () => {
  const text = shown(under(other));
  assert.not.match(text, / · dsc \(/);
});

test('a run has a line for each metric with its structures, and a curve for each', () => {
  const opened = after(
    pressing(start, '2'),
    { kind: 'opened', folder, brief },
    { kind: 'events', folder, events, loading: false },
  );
  const text = shown(opened);
  assert.match(text, /dsc +0\.\d{4} \(rv 0\.25 · myo 0\.\d\d · lv 1\.00\)/);
  assert.match(text, /hd95 +\d+\.?\d* \(rv \d/);
  const second = shown(pressing(opened, 'down', 'down'));
  assert.match(second, 'segmentation.dsc.right_ventricle');
  assert.match(second, '› dsc');
});

const compared = after(
  start,
  { kind: 'key', key: '3' },
  {
    kind: 'insight',
    insight: { key: insightKey([]), found, problem: null },
  },
);
const panel = (name: typeof start.compare.panel, metric = 0) => ({
  ...compared,
  runs: { ...compared.runs, marked: new Set([folder, other]) },
  compare: { ...compared.compare, panel: name, metric, insight: { key: '', found, problem: null } },
});

test('a comparison has the structures below each row, one by one among its folds, and the worst of each image', () => {
  assert.match(shown(panel('table')), /\n {5}rv +25\.0/);
  assert.match(shown(panel('folds', 1)), 'segmentation.dsc.right_ventricle');
  assert.match(shown(panel('worst')), /0\.\d{3} \(rv 0\.00\)/);
  assert.match(shown(panel('curves', 2)), 'segmentation.dsc.right_ventricle');
});

test('an image says how well each of its structures is found', () => {
  const images = after(pressing(under(folder), '4'), { kind: 'cases', folder, cases });
  assert.match(shown(images), /dsc 0\.\d{3} \(rv 0\.00 · myo 0\.\d\d · lv 1\.00\)/);
});

test('one structure at a time: its masks, its place among the images, and the order by it', () => {
  const images = after(pressing(under(folder), '4'), { kind: 'cases', folder, cases });
  const strip = (session: typeof start) => frameOf(session).at(-2)!.trim();
  const right = pressing(images, 'v');
  assert.match(shown(right), '›rv 0.00');
  // Twelve images, worst first: nine do not find the right ventricle, three lie above it and find none.
  assert.match(strip(right), /^▁{9}█{3}$/);
  const left = pressing(right, 'v', 'v');
  assert.match(shown(left), '›lv 1.00');
  assert.match(strip(left), /^█{12}$/);
  assert.match(shown(left), / correct 2\d {2}. missed 0 {2}. false 0 /);
  const image = (session: typeof start) => frameOf(session)[1]!.trim().split(' ')[0];
  assert.is(image(left), image(images), 'the image stays');
  assert.equal(pressing(left, 'v').images.structure, null);
});

test('the curves of all structures come beside that of their mean, and go', () => {
  const opened = after(
    pressing(start, '2'),
    { kind: 'opened', folder, brief },
    { kind: 'events', folder, events, loading: false },
  );
  const pinned = pressing(opened, 'down', 's');
  assert.equal(
    [...pinned.run!.pinned],
    ['segmentation.dsc.right_ventricle', 'segmentation.dsc.myocardium', 'segmentation.dsc.left_ventricle'],
  );
  assert.is(pressing(pinned, 's').run!.pinned.size, 0);
  assert.is(pressing(opened, 's').run!.pinned.size, 0, 'a loss has no structures');
});

test('the newest image shows the mask of one structure', () => {
  const mask = (pixels: readonly number[]) =>
    Uint8Array.from({ length: 16 }, (_, at) => Number(pixels.includes(at)));
  const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
  const preview = {
    ...{ image: 'base', height: 4, width: 4, dsc: 0.5, grey: text(mask([])) },
    truth: text(mask([1, 2, 3, 4])),
    prediction: text(mask([1, 2])),
    structures: { right_ventricle: 1, left_ventricle: 0 },
    parts: {
      right_ventricle: { truth: packMask(mask([1, 2])), prediction: packMask(mask([1, 2])) },
      left_ventricle: { truth: packMask(mask([3, 4])), prediction: packMask(mask([])) },
    },
  };
  const opened = after(
    pressing({ ...start, screen: { columns: 120, rows: 40 } }, '2'),
    { kind: 'opened', folder, brief },
    { kind: 'events', folder, events, loading: false },
    { kind: 'preview', folder, fold: 1, preview },
  );
  const counts = (session: typeof start) =>
    /correct (\d+).*missed (\d+).*false (\d+)/.exec(shown(session))!.slice(1);
  assert.equal(counts(opened), ['2', '2', '0']);
  assert.equal(counts(pressing(opened, 'v')), ['2', '0', '0']);
  assert.equal(counts(pressing(opened, 'v', 'v')), ['0', '2', '0']);
});

test('what is exported has the structures too', () => {
  const [head, ...rows] = views.runs.table(start);
  const at = head!.indexOf('segmentation.dsc.right_ventricle');
  assert.ok(at > 0, head!.join());
  assert.ok(rows.some((row) => row[at] === '0.25'));
  const table = views.compare.table(panel('table'));
  assert.ok(table.some((row) => row[1] === 'segmentation.hd95.left_ventricle'));
});

test.run();
