import { stripVTControlCharacters } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnostic, Label } from '../../src/compiler/diagnostics/diagnostic.ts';
import {
  ansi,
  type RenderOptions,
  renderDiagnostic,
  renderDiagnostics,
  renderSummary,
} from '../../src/compiler/diagnostics/render.ts';
import { SourceFile } from '../../src/compiler/source/source-file.ts';

const spec = new SourceFile(
  'specs/paper.cmrnet',
  Array.from({ length: 120 }, (_, index) => `line ${index + 1} of the spec`).join('\n'),
);
const other = new SourceFile('specs/blocks.cmrnet', 'cmrnet 1\n\tblock\tFpmA\n"心脏" 心 e\u0301 x\n');
const sources = new Map([spec, other].map((source) => [source.path, source]));

/** A label for the first occurrence of a piece of text. */
function label(source: SourceFile, piece: string, text = ''): Label {
  const start = source.text.indexOf(piece);
  return { span: { file: source.path, start, end: start + piece.length }, text };
}

function rendered(primary: Label, details: Partial<Diagnostic> = {}, options: RenderOptions = {}): string {
  const item: Diagnostic = {
    code: 'CMR412',
    name: 'concat-shape',
    severity: 'error',
    message: '`concat` needs equal heights and widths',
    primary,
    secondary: [],
    notes: [],
    help: [],
    ...details,
  };
  return renderDiagnostic(item, sources, options);
}

const render = suite('rendered diagnostics');

render('have a frame around the line with its mark', () => {
  assert.is(
    rendered(label(spec, '7 of', 'here')),
    `error[CMR412]: \`concat\` needs equal heights and widths
 --> specs/paper.cmrnet:7:6
  |
7 | line 7 of the spec
  |      ^^^^ here
`,
  );
});

render('show several lines with a gap, several marks on a line, notes and help', () => {
  const secondary = [
    label(spec, 'line 2 ', 'declared here'),
    label(spec, 'the spec\nline 112', 'goes on'),
    label(spec, 'line 110', 'too'),
  ];
  const details = { secondary, notes: ['one', 'two\nlines'], help: [{ message: 'do this' }] };
  assert.is(
    rendered(label(spec, '111', 'here'), details),
    `error[CMR412]: \`concat\` needs equal heights and widths
   --> specs/paper.cmrnet:111:6
    |
  2 | line 2 of the spec
    | ------- declared here
...
110 | line 110 of the spec
    | -------- too
111 | line 111 of the spec
    |      ^^^ here
    |             -------- goes on
    |
    = note: one
    = note: two
            lines
    = help: do this
`,
  );
});

render('show other files in frames of their own, with tabs and wide characters in place', () => {
  const details = {
    severity: 'warning' as const,
    secondary: [label(other, 'FpmA', 'block'), label(other, 'x', 'x')],
  };
  assert.is(
    rendered(label(spec, 'line 3'), details),
    `warning[CMR412]: \`concat\` needs equal heights and widths
 --> specs/paper.cmrnet:3:1
  |
3 | line 3 of the spec
  | ^^^^^^
 ::: specs/blocks.cmrnet:2:8
  |
2 |     block   FpmA
  |             ---- block
3 | "心脏" 心 e\u0301 x
  |             - x
`,
  );
});

render('mark an empty place with one sign, and name files whose text is not at hand', () => {
  const end = { span: { file: other.path, start: other.text.length, end: other.text.length }, text: 'end' };
  assert.match(rendered(end), / --> specs\/blocks.cmrnet:4:1\n {2}\|\n4 \|\n {2}\| \^ end\n$/);
  const image = { span: { file: 'img/p001.png', start: 0, end: 0 }, text: '' };
  assert.is(
    rendered(image, { notes: ['the file has 12 bytes'] }),
    'error[CMR412]: `concat` needs equal heights and widths\n --> img/p001.png\n  = note: the file has 12 bytes\n',
  );
});

render('cut long lines around the primary mark', () => {
  const long = new SourceFile('long', `${'a '.repeat(100)}MARK${' b'.repeat(100)}`);
  const item = rendered(label(spec, 'line 1'));
  assert.ok(item.length > 0);
  const primary = label(long, 'MARK', 'here');
  const text = renderDiagnostic(
    {
      code: 'CMR101',
      name: 'n',
      severity: 'error',
      message: 'm',
      primary,
      secondary: [],
      notes: [],
      help: [],
    },
    new Map([[long.path, long]]),
    { width: 60 },
  );
  const [, , , line, mark] = text.split('\n');
  assert.is(line?.length, '1 | '.length + 60);
  assert.match(line ?? '', /^1 \| ….*MARK.*…$/);
  assert.is(line?.indexOf('MARK'), mark?.indexOf('^^^^'));
});

render('are coloured by the function that is given, and are the same without the escapes', () => {
  const plain = rendered(label(spec, 'line 5', 'x'), { notes: ['n'], help: [{ message: 'h' }] });
  const coloured = rendered(
    label(spec, 'line 5', 'x'),
    { notes: ['n'], help: [{ message: 'h' }] },
    { paint: ansi },
  );
  assert.is.not(coloured, plain);
  assert.is(stripVTControlCharacters(coloured), plain);
});

render('stand below each other with a blank line between, and are counted', () => {
  const item = (severity: Diagnostic['severity']): Diagnostic => ({
    code: 'CMR101',
    name: 'n',
    severity,
    message: 'm',
    primary: label(spec, 'line 1'),
    secondary: [],
    notes: [],
    help: [],
  });
  const list = [item('error'), item('warning'), item('warning'), item('note')];
  assert.is(renderDiagnostics(list, sources).split('\n\n').length, 4);
  assert.is(renderSummary(list), '1 error, 2 warnings');
  assert.is(renderSummary([]), 'no errors');
});

render.run();
