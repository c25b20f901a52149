import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { datasetTable } from '../../src/compiler/semantics/settings/dataset-table.ts';
import { layoutFacts } from '../../src/runtime/data/import/layouts/layout-facts.ts';
import { manifestSchema } from '../../src/runtime/data/manifest/manifest-schema.ts';
import { inFolder } from '../support/folder.ts';
import { runPage } from '../support/page.ts';
import { writeScans } from '../support/scans.ts';
import { workFolder } from '../support/script.ts';

// Each command and each example of the guides is run as a reader would.
const test = suite('the pages of docs');

test('a study from an empty file to a compared sweep, and how its tables are read', () =>
  inFolder((folder) => {
    const work = workFolder(folder);
    runPage('docs/first-study.md', work);
    runPage('docs/reading-tables.md', work);
  }));

test('your own images, from a folder to predictions', () =>
  inFolder((folder) => {
    const work = workFolder(folder);
    writeScans(join(work, 'scans'));
    runPage('docs/your-images.md', work);
  }));

test('what is odd, and what to do', () =>
  inFolder((folder) => runPage('docs/troubleshooting.md', workFolder(folder))));

const images = readFileSync('docs/your-images.md', 'utf8');

test('every layout, every key of a manifest and every step of `fit` is told', () => {
  const keys = Object.keys(manifestSchema.properties.images.items.properties);
  const steps = Object.keys(datasetTable.fit.type.inside!);
  for (const name of [...Object.keys(layoutFacts), ...keys])
    assert.ok(images.includes(`| \`${name}\` |`), name);
  for (const step of steps) {
    assert.ok(images.includes(`### \`${step}(`), step);
    assert.ok(images.includes(`](pictures/fit/${step}.svg)`), step);
  }
});

test('links between pages lead somewhere', () => {
  const pages = ['README.md', 'docs/engines.md', 'docs/first-study.md', 'docs/interface.md'].concat(
    'docs/reading-tables.md',
    'docs/troubleshooting.md',
    'docs/your-images.md',
  );
  const broken = pages.flatMap((page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)/g)];
    return links.map(([, link]) => join(page, '..', link!)).filter((path) => !existsSync(path));
  });
  assert.equal(broken, []);
});

test.run();
