import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { codes } from '../../src/compiler/diagnostics/codes.ts';
import { compile } from '../../src/compiler/driver/compile.ts';
import { settingText, settingTopics, unitTopics } from '../../src/compiler/reference/settings-reference.ts';
import { specHost } from '../support/spec-host.ts';

const test = suite('the reference of settings');

/** Mistakes in how a value is written; that it suits the other settings of this spec is another matter. */
const form: readonly string[] = [
  codes.typeMismatch,
  codes.unknownSetting,
  codes.unknownPath,
  codes.unknownName,
  codes.missingUnit,
  codes.outOfBounds,
  codes.missingSetting,
].map(({ code }) => code);

const settings = settingTopics.flatMap((topic) => (topic.kind === 'setting' ? [topic] : []));

/** What is wrong with a setting, written in an experiment or its dataset. */
function mistakes(of: 'dataset' | 'experiment', path: string, value: string): readonly string[] {
  const own = (owner: string, usual: Readonly<Record<string, string>>) =>
    Object.entries({ ...usual, ...(owner === of && { [path]: value }) })
      .map(([key, written]) => `  ${settingText(key, written)}\n`)
      .join('');
  const dataset = own('dataset', {
    ...(path !== 'manifest' && { source: 'phantom(images = 24)' }),
    fit: 'resize(64, 64)',
    classes: '["healthy", "diseased"]',
    positive: '"healthy"',
  });
  const experiment = own('experiment', {
    model: 'Small()',
    data: 'Hearts',
    loss: 'jaccard(segmentation)',
    'train.optimizer': 'adam()',
    'train.epochs': '1',
  });
  const text = `cmrnet 1

network Small {
  input image: [64, 64, 1]
  head segmentation: mask = image |> conv(1, kernel = 1) |> sigmoid()
}

dataset Hearts {
${dataset}}

experiment First {
${experiment}}
`;
  const { diagnostics } = compile('reference.cmrnet', specHost({ 'reference.cmrnet': text }));
  const found = diagnostics.filter(({ code, severity }) => severity === 'error' && isForm(code));
  return found.map(({ code, message }) => `${path} = ${value}: ${code} ${message}`);
}

/** Codes from CMR001 to CMR199 are of the grammar. */
function isForm(code: string): boolean {
  return form.includes(code) || code < 'CMR200';
}

test('every example compiles as it is written', () => {
  const examples = settings.flatMap(({ of, path, example, functions }) => [
    ...(example === null ? [] : [[of, path, example] as const]),
    ...functions.map((one) => [of, path, one.example] as const),
  ]);
  assert.ok(examples.length > 50);
  assert.equal(
    examples.flatMap((one) => mistakes(...one)),
    [],
  );
});

test('every default that is a value compiles as it is written', () => {
  const words = /^(?:required|none|nothing|as |all epochs|any time|what )|, /;
  const written = settings.filter(({ initial }) => !words.test(initial) || initial.includes('('));
  assert.ok(written.length > 10);
  assert.equal(
    written.flatMap(({ of, path, initial }) => mistakes(of, path, initial)),
    [],
  );
});

test('every value that is shown as code in the words of a setting compiles', () => {
  const shown = settings.flatMap(({ of, path, value }) =>
    [...value.matchAll(/`([^`]+)`/g)]
      .map(([, code]) => code!)
      .filter((code) => !code.includes('…') && path !== 'expect')
      .map((code) => [of, path, code] as const),
  );
  assert.equal(
    shown.flatMap((one) => mistakes(...one)),
    [],
  );
});

test('a form that is wrong would be seen', () => {
  assert.match(mistakes('experiment', 'augment.scale', '-10% .. 10%').join(), 'CMR');
  assert.match(mistakes('experiment', 'train.head_bias', '"prior"').join(), 'CMR');
});

test('a length is taken in mm, and as the plain number that older specs have', () => {
  for (const value of ['resample(1.4mm)', 'resample(1.4)', 'resample(spacing = 2mm)'])
    assert.equal(mistakes('dataset', 'fit', value), []);
  for (const value of ['resample(1.4px)', 'resample(0mm)', 'resample(-1)'])
    assert.is(mistakes('dataset', 'fit', value).length, 1, value);
});

test('a unit names the settings that take it', () => {
  const taking = (unit: string) => unitTopics.find(({ name }) => name === unit)!.settings;
  assert.ok(taking('mm').includes('fit'));
  assert.ok(taking('deg').includes('augment.rotate'));
});

test.run();
