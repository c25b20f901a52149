import fc from 'fast-check';

// Texts that parse, in shapes that no person would write. Meaning is of no concern here.

const name = fc.constantFrom('x', 'width', 'serial_rates', 'step', 'by', 'vary', 'of', 'report', 'FpmA', '_');
const unit = fc.constantFrom('', '', '', '%', 'deg', 'px', 'mm', 'ms', 'GB', ' MB');
const number = fc
  .tuple(fc.constantFrom('0', '3', '40', '0.003', '1e-7', '12.50'), unit)
  .map(([digits, end]) => digits + end);
const string = fc.constantFrom('""', '"same"', '"a \\"b\\" \\\\ \\n\\t"', '"// no comment"', '"Größe 心"');

const many = (item: fc.Arbitrary<string>, least: number, most: number) =>
  fc
    .tuple(fc.array(item, { minLength: least, maxLength: most }), fc.boolean())
    .map(([items, comma]) => items.join(', ') + (comma && items.length > 0 ? ',' : ''));

const chain = (item: fc.Arbitrary<string>, signs: readonly string[], next = item) =>
  fc
    .tuple(item, fc.array(fc.tuple(fc.constantFrom(...signs), next), { minLength: 1, maxLength: 3 }))
    .map(([first, rest]) => [first, ...rest.map(([sign, operand]) => `${sign} ${operand}`)].join(' '));

const atom = fc.oneof(number, string, name, fc.constantFrom('true', 'false'));

/** Expressions in brackets at most so deep, as operands and as wholes. */
function expressions(depth: number): {
  readonly whole: fc.Arbitrary<string>;
  readonly argument: fc.Arbitrary<string>;
} {
  const inner = depth === 0 ? { whole: atom, argument: atom } : expressions(depth - 1);
  const call = fc.tuple(name, many(inner.argument, 0, 2)).map(([callee, items]) => `${callee}(${items})`);
  const postfix = fc.oneof(
    { weight: 9, arbitrary: atom },
    { weight: 3, arbitrary: call },
    { weight: 1, arbitrary: fc.tuple(name, name).map((names) => names.join('.')) },
    { weight: 1, arbitrary: fc.tuple(name, inner.whole).map(([of, at]) => `${of}[${at}]`) },
    { weight: 1, arbitrary: many(inner.whole, 0, 3).map((items) => `[${items}]`) },
    { weight: 2, arbitrary: many(inner.whole, 1, 3).map((items) => `(${items})`) },
  );
  const repeat = fc
    .tuple(fc.constantFrom('serial', 'parallel'), name, inner.whole, chain(call, ['|>']))
    .map(([mode, each, over, body]) => `${mode} ${each} in ${over} { ${body} }`);
  const product = fc.oneof(
    postfix,
    postfix,
    postfix,
    postfix.map((text) => `-${text}`),
    chain(postfix, ['*', '/']),
  );
  const sum = fc.oneof(product, product, chain(product, ['+', '-']));
  const pipe = fc.oneof(sum, sum, chain(sum, ['|>'], fc.oneof(call, call, repeat)));
  const range = fc
    .tuple(pipe, pipe, fc.option(pipe))
    .map(([low, high, step]) => `${low} .. ${high}${step === null ? '' : ` step ${step}`}`);
  const whole = fc.oneof({ weight: 5, arbitrary: pipe }, { weight: 1, arbitrary: range });
  const argument = fc.oneof(
    whole,
    whole.map((value) => `...${value}`),
    fc.tuple(name, whole).map(([key, value]) => `${key} = ${value}`),
  );
  return { whole, argument };
}

const { whole: expression, argument } = expressions(2);

const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((names) => names.join('.'));
const shape = fc.array(expression, { minLength: 1, maxLength: 3 }).map((axes) => `[${axes.join(', ')}]`);
const annotation = fc
  .tuple(name, fc.array(argument, { maxLength: 2 }))
  .map(([called, items]) => `@${called}(${items.join(', ')})`);

/** Texts below each other, here and there with annotations, documentation, comments and blank lines. */
function lines(item: fc.Arbitrary<string>): fc.Arbitrary<string> {
  const above = fc.oneof(
    { weight: 6, arbitrary: fc.constant('') },
    { weight: 1, arbitrary: annotation.map((text) => `${text}\n`) },
    { weight: 1, arbitrary: fc.constantFrom('/// Documentation.\n', '// A remark.\n', '\n', '\n\n\n') },
  );
  return fc
    .array(fc.tuple(above, item), { maxLength: 3 })
    .map((items) => items.map(([before, text]) => `${before}${text}\n`).join(''));
}

const optional = (item: fc.Arbitrary<string>) => fc.oneof(fc.constant(''), item);
const bound = optional(shape.map((text) => `: ${text}`));

const braces = (body: string) => `{\n${body}}`;

function graphs(depth: number): fc.Arbitrary<string> {
  const plain = [
    fc.tuple(name, shape).map(([called, axes]) => `input ${called}: ${axes}`),
    fc.tuple(name, bound, expression).map(([called, axes, value]) => `let ${called}${axes} = ${value}`),
    fc.tuple(name, expression).map(([called, value]) => `layer ${called} = ${value}`),
    fc.tuple(expression, bound).map(([value, axes]) => `output ${value} ${axes}`),
    fc.tuple(name, name, expression).map(([called, kind, value]) => `head ${called}: ${kind} = ${value}`),
  ];
  if (depth === 0) return lines(fc.oneof(...plain)).map(braces);
  const stage = fc.tuple(name, graphs(depth - 1)).map(([called, body]) => `stage ${called} ${body}`);
  return lines(fc.oneof(...plain, stage)).map(braces);
}

function settingsOf(depth: number): fc.Arbitrary<string> {
  const plain = fc.tuple(path, expression).map(([key, value]) => `${key} = ${value}`);
  if (depth === 0) return lines(plain).map(braces);
  const nested = fc.tuple(path, settingsOf(depth - 1)).map(([key, body]) => `${key} ${body}`);
  return lines(fc.oneof(plain, plain, nested)).map(braces);
}

const graph = graphs(1);
const settings = settingsOf(1);

const derived = lines(
  fc.oneof(
    fc.tuple(path, expression).map(([key, value]) => `${key} = ${value}`),
    fc.tuple(path, expression).map(([varied, values]) => `vary ${varied} in ${values}`),
    fc.tuple(path, path, expression).map(([a, b, values]) => `vary (${a}, ${b}) in ${values}`),
    fc
      .tuple(
        fc.constantFrom('report', 'plot'),
        fc.array(path, { minLength: 1, maxLength: 9 }),
        optional(path),
      )
      .map(([verb, paths, by]) => `${verb} ${paths.join(', ')}${by === '' ? '' : ` by ${by}`}`),
  ),
).map(braces);

const type = fc.constantFrom('int', 'real[3]', 'block', 'int[]', '"same" | "valid"', '"a"[]');
const parameter = fc
  .tuple(optional(annotation), name, type, optional(expression), optional(expression))
  .map(
    ([above, called, kind, bounds, initial]) =>
      `${above} ${called}: ${kind}${bounds && ` in ${bounds}`}${initial && ` = ${initial}`}`,
  );
const parameters = fc
  .tuple(fc.array(parameter, { maxLength: 4 }), fc.boolean())
  .map(([items, comma]) => `(${items.join(', ')}${comma && items.length > 0 ? ',' : ''})`);

const declaration = fc.oneof(
  fc
    .tuple(fc.constantFrom('block', 'network'), name, optional(parameters), graph)
    .map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('dataset', 'experiment'), name, optional(parameters), settings)
    .map((parts) => parts.join(' ')),
  fc
    .tuple(fc.constantFrom('variant', 'sweep'), name, fc.constant('of'), name, derived)
    .map((parts) => parts.join(' ')),
  fc
    .tuple(name, fc.array(expression, { maxLength: 3 }), derived)
    .map(([called, of, body]) => `compare ${called} of [${of.join(', ')}] ${body}`),
);

const importation = fc
  .tuple(fc.array(name, { minLength: 1, maxLength: 9 }), fc.boolean(), fc.constantFrom('./a', './b'))
  .map(([names, comma, from]) => `import { ${names.join(', ')}${comma ? ',' : ''} } from "${from}.cmrnet"\n`);

/** A file that parses without errors. */
export const fileText: fc.Arbitrary<string> = fc
  .tuple(fc.array(importation, { maxLength: 3 }), lines(declaration))
  .map(([imports, body]) => `cmrnet 1\n${imports.join('')}${body}`);
