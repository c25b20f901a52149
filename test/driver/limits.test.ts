import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compileText, errorsOf } from '../support/compiled.ts';

const limits = suite('texts and networks out of all proportion');

/** A network of a body, with a head at its end. */
function network(body: string, parameters = ''): string {
  return `network Example${parameters} {
  input x: [64, 64, 1]
  ${body}
}
`;
}

const mask = (value: string) => `head segmentation: mask = ${value} |> conv(1) |> sigmoid()`;

/** Compiles within so much time of the processor: what else the machine does is no fault of the text. */
function within(milliseconds: number, text: string): ReturnType<typeof compileText> {
  const before = process.cpuUsage();
  const compilation = compileText(text);
  const { user, system } = process.cpuUsage(before);
  const taken = (user + system) / 1000;
  assert.ok(taken < milliseconds, `took ${taken} ms`);
  return compilation;
}

limits('networks of thousands of layers are compiled', () => {
  const lines = Array.from({ length: 4000 }, (_, i) => `let y${i + 1} = y${i} |> relu()`).join('\n');
  const { networks, diagnostics } = within(20_000, network(`let y0 = x\n${lines}\n${mask('y4000')}`));
  assert.equal(
    diagnostics.filter(({ severity }) => severity === 'error'),
    [],
  );
  assert.is(networks[0]!.graph.nodes.length, 4003);
});

limits('blocks that double at every level end in one mistake', () => {
  const level = (i: number) =>
    `block B${i} {\n  input x: [h, w, c]\n  output x |> B${i - 1}() |> B${i - 1}()\n}\n`;
  for (const least of ['x |> relu()', 'x']) {
    const first = `block B0 {\n  input x: [h, w, c]\n  output ${least}\n}\n`;
    const others = Array.from({ length: 30 }, (_, i) => level(i + 1)).join('');
    assert.equal(errorsOf(within(20_000, first + others + network(mask('x |> B30()')))), ['CMR425']);
  }
});

for (const [what, body, code] of [
  ['channels', mask('x |> conv(1000000000) |> conv(1000000000)'), 'CMR424'],
  ['kernel', mask('x |> conv(8, kernel = 100000001)'), 'CMR424'],
  ['size', mask('x |> resize(1000000, 1000000)'), 'CMR424'],
  ['number', mask('x |> leaky_relu(1e-999999999)'), 'CMR116'],
  ['product', `let w = 99999999 * 99999999 * 99999999\n${mask('x |> conv(w)')}`, 'CMR324'],
] as const) {
  limits(`an enormous ${what} is one mistake`, () => {
    assert.equal(errorsOf(within(5000, network(body))), [code]);
  });
}

limits('a kernel far larger than its map is counted, not listed', () => {
  const { diagnostics } = within(5000, network(mask('x |> conv(1, kernel = [200000000, 1])')));
  assert.ok(diagnostics.some(({ message }) => message.startsWith('199999873 of 200000000 taps')));
});

limits('garbage gives some hundred messages, and says how many more there are', () => {
  const { diagnostics } = within(2000, '? ) = ! '.repeat(29_750));
  assert.is(diagnostics.length, 201);
  assert.match(diagnostics.at(-1)!.message, /^at least \d+ more mistakes are not shown$/);
});

limits('a network whose heads were not read is no crash', () => {
  const body = '  input image: [64, 64, 1]\n  head s: mask = image |> conv(1) |> sigmoid()\n';
  for (const text of [`network Example Demo\n${body}`, `network Example Demo {\n${body}}\n`]) {
    assert.equal(errorsOf(compileText(text)), ['CMR101']);
  }
});

limits('enormous rates and rates of large kernels are judged at once', () => {
  const chain = Array.from({ length: 4 }, () => ' |> conv(2, kernel = 7, rate = 2)').join('');
  assert.equal(errorsOf(within(5000, network(mask(`x |> conv(2, rate = 1000000000)${chain}`)))), []);
});

limits('hundreds of mistakes in a text are found in passing', () => {
  const lines = Array.from({ length: 500 }, (_, i) => `let y${i} = = ${i} |>`).join('\n');
  const codes = errorsOf(within(20_000, network(lines)));
  assert.ok(codes.length > 20 && codes.every((code) => code.startsWith('CMR1')));
});

limits('a file of half a million characters is not read', () => {
  const text = network(mask('x'), `(rates: int[] = [${'1, '.repeat(200_000)}])`);
  assert.equal(errorsOf(within(2000, text)), ['CMR117']);
});

limits.run();
