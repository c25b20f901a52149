import type { StartingWeights } from '../../plan/run-plan.ts';
import type * as ast from '../../syntax/ast.ts';
import { call } from './calls.ts';
import { number, text, whole } from './constants.ts';
import { describeExpression, leaf, what } from './nodes.ts';
import { key, type Reading, type SettingType } from './table.ts';
import type { SettingNode } from './tree.ts';

/** `[encoder, decoder.up1]`: parts of a network by path, as `encoder` and `decoder/up1`. */
export const parts: SettingType<readonly string[]> = {
  describe: 'a list of parts of the network such as `[encoder]`',
  read(node, reading) {
    if (!leaf(node, reading)) return undefined;
    const { value } = node.entry;
    const items = value.kind === 'list' ? value.items : [value];
    const read = items.map((item) => {
      const path = pathOf(item);
      if (path === undefined && item.kind !== 'hole') {
        reading.reporter.report('typeMismatch', {
          at: item.span,
          arguments: { what: what(node), expected: this.describe, actual: describeExpression(item) },
        });
      }
      return path;
    });
    return read.includes(undefined) ? undefined : (read as string[]);
  },
};

/** `{ encoder = 10% }`: what learning rates of parts are multiplied by. */
export const partFactors: SettingType<Readonly<Record<string, number>>> = {
  describe: 'braces that give parts of the network a factor, such as `{ encoder = 10% }`',
  read(node, reading) {
    const read = byPart(node, number({ minimum: 0 }), this.describe, reading);
    return read && Object.fromEntries(read);
  },
};

const run = call(
  {
    run: {
      folder: key(
        text(),
        'The folder of a run of this or another network, relative to the working directory',
        { example: '"runs/first"' },
      ),
      fold: key(whole({ minimum: 1 }), 'The fold whose weights are taken, as its evaluation takes them', {
        default: 1,
      }),
    },
  },
  { run: 'The weights that a run ended with' },
);

/** `run("runs/…")`, or braces that give parts of the network the weights of runs. */
export const starting: SettingType<readonly StartingWeights[]> = {
  describe: '`run("runs/…")`, or braces such as `{ encoder = run("runs/…") }`',
  inside: run.inside!,
  insideDocs: run.insideDocs!,
  read(node, reading) {
    const read:
      | readonly (readonly [string, { readonly folder: string; readonly fold: number }])[]
      | undefined = node.entry ? single(run.read(node, reading)) : byPart(node, run, this.describe, reading);
    return read?.map(([part, { folder, fold }]) => ({ part, run: folder, fold }));
  },
};

function single<T>(value: T | undefined): readonly (readonly [string, T])[] | undefined {
  return value === undefined ? undefined : [['', value]];
}

/** The settings below a node by path; undefined where one could not be read. */
function byPart<T>(
  node: SettingNode,
  type: SettingType<T>,
  expected: string,
  reading: Reading,
): readonly (readonly [string, T])[] | undefined {
  if (node.entry) {
    reading.reporter.report('typeMismatch', {
      at: node.entry.value.span,
      arguments: { what: what(node), expected, actual: describeExpression(node.entry.value) },
    });
    return undefined;
  }
  const read = [...node.children].flatMap(([name, child]): (readonly [string, T] | undefined)[] => {
    if (!child.entry) {
      const inner = byPart(child, type, expected, reading);
      return inner === undefined
        ? [undefined]
        : inner.map(([path, value]) => [`${name}/${path}`, value] as const);
    }
    const value = type.read(child, reading);
    return [value === undefined ? undefined : [name, value]];
  });
  return read.includes(undefined) ? undefined : (read as (readonly [string, T])[]);
}

/** `encoder.f1` as `encoder/f1`; undefined for another expression. */
function pathOf(expression: ast.Expression): string | undefined {
  if (expression.kind === 'reference') return expression.name.text;
  if (expression.kind !== 'member') return undefined;
  const of = pathOf(expression.of);
  return of === undefined ? undefined : `${of}/${expression.name.text}`;
}
