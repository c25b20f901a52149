import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compile } from '../../../src/compiler/driver/compile.ts';
import { memoryHost } from '../../../src/compiler/source/host.ts';

const part = (name: string, body = 'x |> relu()') => `block ${name}() {
  input x: [h, w, c]
  output ${body}
}
`;

/** Code and message of every diagnostic of some files, of which `main.cmrnet` is compiled. */
function reported(files: Readonly<Record<string, string>>): readonly string[] {
  const texts = Object.entries(files).map(([path, text]) => [path, `cmrnet 1\n\n${text}`]);
  const { diagnostics } = compile('main.cmrnet', memoryHost(Object.fromEntries(texts)));
  return diagnostics.map(({ code, primary, message }) => `${primary.span.file} ${code} ${message}`);
}

const test = suite('imports');

test('a file sees what it declares and what it imports, in any order', () => {
  assert.equal(
    reported({
      'main.cmrnet': `import { Part } from "./lib/part.cmrnet"\n\n${part('Whole', 'x |> Part() |> Later()')}${part('Later')}`,
      'lib/part.cmrnet': `import { Inner } from "../inner.cmrnet"\n\n${part('Part', 'x |> Inner()')}`,
      'inner.cmrnet': part('Inner'),
    }),
    [],
  );
});

test('what a file imports it does not hand on', () => {
  assert.equal(
    reported({
      'main.cmrnet': `import { Inner } from "./part.cmrnet"\n\n${part('Whole', 'x |> Inner()')}`,
      'part.cmrnet': `import { Inner } from "./inner.cmrnet"\n\n${part('Part', 'x |> Inner()')}`,
      'inner.cmrnet': part('Inner'),
    }),
    ['main.cmrnet CMR204 `part.cmrnet` declares no `Inner`'],
  );
});

test('a circle of files is told once, at the import that closes it', () => {
  assert.equal(
    reported({
      'main.cmrnet': `import { B } from "./b.cmrnet"\n\n${part('A', 'x |> B()')}`,
      'b.cmrnet': `import { C } from "./c.cmrnet"\n\n${part('B', 'x |> C()')}`,
      'c.cmrnet': `import { A } from "./main.cmrnet"\n\n${part('C', 'x |> A()')}`,
    }),
    ['c.cmrnet CMR205 this import leads back to `main.cmrnet`'],
  );
});

test('names of a file that cannot be read are no second mistake', () => {
  assert.equal(
    reported({ 'main.cmrnet': `import { B } from "./b.cmrnet"\n\n${part('A', 'x |> B(1, c = 2)')}` }),
    ['main.cmrnet CMR203 cannot read `b.cmrnet`'],
  );
});

test('a missing main file is a mistake of its own', () => {
  const { diagnostics, sources } = compile('none.cmrnet', memoryHost({}));
  assert.equal(
    diagnostics.map(({ code }) => code),
    ['CMR203'],
  );
  assert.ok(sources.has('none.cmrnet'));
});

test('two blocks that use each other are one mistake', () => {
  const messages = reported({ 'main.cmrnet': part('A', 'x |> B()') + part('B', 'x |> A()') });
  assert.equal(messages, ['main.cmrnet CMR208 the block `A` contains itself']);
});

test('findings come in the order of reading, the main file first', () => {
  assert.equal(
    reported({
      'main.cmrnet': `import { B } from "./b.cmrnet"\n\n${part('A', 'x |> B() |> nothing()')}`,
      'b.cmrnet': part('B', 'x |> something()'),
    }),
    ['main.cmrnet CMR201 no operation named `nothing`', 'b.cmrnet CMR201 no operation named `something`'],
  );
});

test.run();
