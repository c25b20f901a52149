import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { changelogSchema } from '../../cli/commands/program/changelog-schema.ts';
import { version } from '../../cli/environment/package.ts';
import { readChangelog } from '../../cli/text/changelog.ts';

const test = suite('the changelog');

test('ours is in its form, and says something of this version', () => {
  const releases = readChangelog(readFileSync('CHANGELOG.md', 'utf8'));
  const value = { version: 1, releases: releases.map(({ page: _, ...release }) => release) };
  assert.ok(new Ajv2020().validate(changelogSchema, value));
  assert.ok(releases.some((one) => one.version === version() || one.summary.includes(version())));
  for (const { changes } of releases) for (const { entries } of changes) assert.ok(entries.length > 0);
});

test('releases are read with their days, kinds and entries, broken lines put together', () => {
  const page = `# Changelog

## [Unreleased]

## [1.2.0] - 2030-01-02

Faster.

### Added

- One
  thing.
- Another.

### Fixed

- A mistake.
`;
  const [next, last] = readChangelog(page);
  assert.equal(next, {
    version: 'Unreleased',
    date: null,
    summary: '',
    changes: [],
    page: '## [Unreleased]',
  });
  assert.is(last!.date, '2030-01-02');
  assert.is(last!.summary, 'Faster.');
  assert.equal(last!.changes, [
    { kind: 'Added', entries: ['One thing.', 'Another.'] },
    { kind: 'Fixed', entries: ['A mistake.'] },
  ]);
});

test('another form is our mistake', () => {
  assert.throws(() => readChangelog('## 1.2\n'), /has the title/);
  assert.throws(() => readChangelog('## [1.2.0]\n\n### New\n'), /has the group/);
});

test.run();
