import { InvalidArgumentError, Option } from 'commander';
import type { EngineName } from '../../src/compiler/index.ts';

/** Options that most commands share. */
export interface CommonOptions {
  readonly format?: 'text' | 'json';
}

// Named here because asking the runtime would load TensorFlow.js.
export const backends = [
  'tfjs-node-gpu',
  'tfjs-node',
  'wasm',
  'onnx',
  'cpu',
] as const satisfies readonly EngineName[];

export function formatOption(): Option {
  return new Option('--format <form>', 'for people or for programs')
    .choices(['text', 'json'])
    .default('text');
}

export function setOption(): Option {
  return new Option(
    '--set <override>',
    'change a setting or parameter, as `train.epochs=2`; may be repeated',
  ).argParser((value: string, before: string[] | undefined) => [...(before ?? []), value]);
}

/** For data that are not those that were recorded. */
export function acceptDataOption(): Option {
  return new Option(
    '--accept-data',
    "take data that have changed as they are; the run's record and numbers then say so",
  );
}

export function wholeNumber(text: string): number {
  if (!/^[1-9]\d*$/.test(text)) throw new InvalidArgumentError('a whole number from 1 on is needed.');
  return Number(text);
}

export function regularExpression(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(`${(error as Error).message}.`);
  }
}

export function examples(lines: readonly string[]): string {
  return `\nExample${lines.length > 1 ? 's' : ''}:\n${lines.map((line) => `  ${line}`).join('\n')}`;
}
