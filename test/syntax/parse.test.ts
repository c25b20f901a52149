import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import type * as ast from '../../src/compiler/syntax/ast.ts';
import { commandLine, parseFile, parseOverride } from '../../src/compiler/syntax/parse.ts';
import { nodeAt, walk } from '../../src/compiler/syntax/walk.ts';
import { nesting } from './printed.ts';

function parse(text: string): { readonly file: ast.File; readonly messages: readonly string[] } {
  const bag = new Bag();
  const file = parseFile('test.cmrnet', text, bag);
  return { file, messages: bag.sorted().map(({ code, message }) => `${code} ${message}`) };
}

/** The tree of a text without errors. */
function tree(text: string): ast.File {
  const { file, messages } = parse(`cmrnet 1\n${text}`);
  assert.equal(messages, []);
  return file;
}

const expressions = suite('expressions');

const table: readonly (readonly [text: string, expected: string])[] = [
  ['1', '1'],
  ['-15deg', '(-15deg)'],
  ['2 GB', '2GB'],
  ['"a\\"\\\\\\n\\t"', '"a\\"\\\\\\n\\t"'],
  ['a + b |> f()', '((a + b) |> f())'],
  ['a |> f |> g()', '((a |> f) |> g())'],
  ['a - b - c * d / e', '((a - b) - ((c * d) / e))'],
  ['a .. b step 0.1', 'range(a b 0.1)'],
  ['a |> f() .. -b', 'range((a |> f()) (-b))'],
  ['f(...a, b = 1, c,)', 'f(...a b=1 c)'],
  ['a.b[0].c(d)', 'a.b[0].c(d)'],
  ['(a)', 'tuple(a)'],
  ['(a, [b, c,],)', 'tuple(a [b c])'],
  ['[]', '[]'],
  ['a |> serial r in [1, 2] { U(r) |> V() } |> last()', '((a |> serial(r [1 2] U(r) V())) |> last())'],
  ['a |> parallel by in step { U(by) }', '(a |> parallel(by step U(by)))'],
  ['of + from * vary', '(of + (from * vary))'],
];

for (const [text, expected] of table) {
  expressions(`${text} reads as ${expected}`, () => {
    const [declaration] = tree(`block B() { output ${text} }`).declarations;
    const statement = declaration?.kind === 'block' ? declaration.body.statements[0] : undefined;
    assert.is(statement?.kind, 'output');
    if (statement?.kind === 'output') assert.is(nesting(statement.value), expected);
  });
}

expressions.run();

const trees = suite('syntax trees');

trees('the paper spec has its declarations, in order', () => {
  const { file, messages } = parse(
    readFileSync(new URL('../../specs/paper.cmrnet', import.meta.url), 'utf8'),
  );
  assert.equal(messages, []);
  assert.is(file.edition?.text, '1');
  assert.equal(
    file.imports[0]?.names.map((name) => name.text),
    ['Dac', 'FpmA', 'FpmB', 'Subpixel', 'Unit'],
  );
  assert.equal(
    file.declarations.map((item) => `${item.kind} ${item.name.text}`),
    ['network CmrNet', 'dataset CardiacT1', 'experiment Paper'],
  );
});

trees('documentation hangs on the node that it precedes, also from between annotations', () => {
  const file = tree(
    '/// A block.\n///  Two lines.\n@paper("x")\n/// Three.\nblock B(\n  /// A width.\n  width: int) { /// no\n  /// An output.\n output x /// behind\n output y }',
  );
  const block = file.declarations[0] as ast.Block;
  assert.is(block.documentation, 'A block.\n Two lines.\nThree.');
  assert.is(block.parameters[0]?.documentation, 'A width.');
  assert.equal(
    block.body.statements.map((item) => item.documentation),
    ['An output.', undefined],
  );
  assert.is(file.comments.length, 7);
});

trees('annotations stand before declarations, statements, settings, parameters, axes and reports', () => {
  const file = tree(
    '@a() block B(@b() x: int) { @c() output x } @d() sweep S of P { @e() x = 1 @f() vary y in [1] @g() report z @h() t { @i() u = 1 } }',
  );
  const found = [...walk(file)].flatMap((node) => ('annotations' in node ? node.annotations : []));
  assert.equal(
    found.map((item) => item.name.text),
    ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'],
  );
});

trees('`step` and `by` after a value may open the next setting', () => {
  const file = tree(
    'sweep S of P { a = 1 .. 2 step = 3 report a by { x = 1 } vary b in 1 .. 2 step 3 plot c by d }',
  );
  const items = (file.declarations[0] as ast.Sweep).body.items;
  assert.equal(
    items.map((item) => item.kind),
    ['setting', 'setting', 'report', 'setting', 'axis', 'report'],
  );
  const [range, , report, , axis, plot] = items;
  assert.ok(range?.kind === 'setting' && range.value.kind === 'range' && range.value.step === undefined);
  assert.ok(axis?.kind === 'axis' && axis.values.kind === 'range' && axis.values.step !== undefined);
  assert.ok(report?.kind === 'report' && report.by === undefined);
  assert.ok(plot?.kind === 'report' && plot.by?.names[0]?.text === 'd');
});

trees('types are names, `block`, choices and lists of them', () => {
  const file = tree('block B(a: int, b: real[3], c: block, d: "same" | "valid", e: int[]) {}');
  const types = (file.declarations[0] as ast.Block).parameters.map(({ type }) => {
    const base =
      type.base.kind === 'named'
        ? type.base.name.text
        : type.base.options.map(({ value }) => value).join('|');
    return type.list === undefined ? base : `${base}[${type.list.length?.text ?? ''}]`;
  });
  assert.equal(types, ['int', 'real[3]', 'block', 'same|valid', 'int[]']);
});

trees('every name has the span of its text, and every child lies in its parent', () => {
  for (const name of ['blocks', 'paper', 'ablations']) {
    const text = readFileSync(new URL(`../../specs/${name}.cmrnet`, import.meta.url), 'utf8');
    const { file } = parse(text);
    for (const node of walk(file)) {
      if (node.kind === 'name') assert.is(text.slice(node.span.start, node.span.end), node.text);
      if (node.kind === 'call') assert.is(text[node.span.end - 1], ')');
    }
  }
});

trees('the innermost node at an offset is found', () => {
  const text = 'cmrnet 1\nblock B() { output concat(x, y) |> relu() }';
  const { file } = parse(text);
  const found = nodeAt(file, text.indexOf('relu') + 2);
  assert.is(found?.kind, 'name');
  assert.is(found?.kind === 'name' && found.text, 'relu');
  assert.is(nodeAt(file, text.length + 5), undefined);
});

trees.run();

const overrides = suite('overrides');

function override(text: string) {
  const bag = new Bag();
  const setting = parseOverride(text, bag);
  return { setting, messages: bag.sorted().map(({ code, message }) => `${code} ${message}`) };
}

overrides('an override is a setting, with spans in the command line', () => {
  const { setting, messages } = override('train.epochs=2');
  assert.equal(messages, []);
  assert.equal(
    setting?.path.names.map((name) => name.text),
    ['train', 'epochs'],
  );
  assert.ok(setting?.value.kind === 'number' && setting.value.text === '2');
  assert.equal(setting?.span, { file: commandLine, start: 0, end: 14 });
});

const badOverrides: readonly (readonly [text: string, messages: readonly string[]])[] = [
  ['', ['CMR102 expected a name, but the text ends here']],
  ['train.epochs', ['CMR102 expected `=` or `{`, but the text ends here']],
  ['a=1 b=2', ['CMR101 expected the end, found `b`']],
  ['a=[1 2]', ['CMR101 expected `,` or `]`, found `2`']],
  ['a=', ['CMR102 expected an expression, but the text ends here']],
];

for (const [text, messages] of badOverrides) {
  overrides(`\`${text}\` is reported`, () => assert.equal(override(text).messages, messages));
}

overrides.run();
