import { Ajv2020 } from 'ajv/dist/2020.js';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { diagnosticsJsonSchema, diagnosticsToJson } from '../../src/compiler/diagnostics/json.ts';
import { SourceFile } from '../../src/compiler/source/source-file.ts';
import { parseFile } from '../../src/compiler/syntax/parse.ts';

const validate = new Ajv2020({ strict: true }).compile(diagnosticsJsonSchema);

const text = 'cmrnet 1\n\nnetwrok A() {\n  output concat(x y)\n\nvariant V of W { a = 3 % }\n';
const source = new SourceFile('specs/a.cmrnet', text);
const bag = new Bag();
parseFile(source.path, text, bag);
const sources = new Map([[source.path, source]]);
const json = diagnosticsToJson(bag.sorted(), sources);

const machine = suite('diagnostics as JSON');

machine('obey their schema', () => {
  assert.ok(json.diagnostics.length >= 4);
  assert.ok(validate(json), JSON.stringify(validate.errors));
  assert.ok(validate(JSON.parse(JSON.stringify(json))));
  assert.ok(validate(diagnosticsToJson([], sources)));
});

machine('carry places, help and edits', () => {
  const [first] = json.diagnostics;
  assert.equal(first, {
    code: 'CMR103',
    name: 'unknown-keyword',
    severity: 'error',
    message: 'no keyword `netwrok`',
    file: 'specs/a.cmrnet',
    range: { start: { line: 2, character: 0, offset: 10 }, end: { line: 2, character: 7, offset: 17 } },
    label: '',
    labels: [],
    notes: [],
    help: [
      {
        message: 'did you mean `network`?',
        applicability: 'sure',
        edits: [{ file: 'specs/a.cmrnet', start: 10, end: 17, text: 'network' }],
      },
    ],
  });
  assert.equal(json.summary, { errors: json.diagnostics.length, warnings: 0, notes: 0 });
  assert.ok(
    json.diagnostics.some((item) => item.labels.some(({ text: words }) => words.includes('stands outside'))),
  );
});

machine('of files without a text keep their offsets', () => {
  const away = diagnosticsToJson(bag.sorted(), new Map());
  assert.ok(validate(away));
  assert.equal(away.diagnostics[0]?.range.start, { line: 0, character: 0, offset: 10 });
});

machine('the schema refuses what is not one', () => {
  const [first] = json.diagnostics;
  for (const change of [{ code: 'X1' }, { severity: 'fatal' }, { range: {} }, { more: 1 }]) {
    assert.not(validate({ ...json, diagnostics: [{ ...first, ...change }] }));
  }
  assert.not(validate({ ...json, version: 2 }));
});

machine.run();
