import { arraySchema, countSchema, objectSchema, textSchema } from '../../ir/schema.ts';
import type { Fitted } from '../../step/recompute/fit.ts';

/** What it takes to fit a compiled training step into memory. Bytes count what is given and all that is computed. */
export interface CompiledMemory {
  readonly budget: number;
  /** At most, when everything is kept, and as it will be. */
  readonly peak_before: number;
  readonly peak: number;
  /** The share of multiply-adds that comes on top. */
  readonly extra_macs: number;
  /** What is computed anew on the way back instead of being kept, in the order of the way forward. */
  readonly recomputed: readonly {
    readonly path: string;
    readonly op: string;
    readonly bytes: number;
    readonly macs: number;
    readonly times: number;
  }[];
}

export function compiledMemory({ budget, before, after, extra, recomputed }: Fitted): CompiledMemory {
  return {
    budget,
    peak_before: before,
    peak: after,
    extra_macs: extra,
    recomputed: recomputed.map(({ path, op, bytes, multiplyAdds, times }) => ({
      ...{ path, op, bytes },
      macs: multiplyAdds,
      times,
    })),
  };
}

/** The same as lines of text; none where nothing is to fit. */
export function compiledLines(compiled: CompiledMemory | undefined): readonly string[] {
  if (compiled === undefined) return [];
  const { budget, peak_before, peak, extra_macs, recomputed } = compiled;
  if (recomputed.length === 0) {
    return [
      `${inMegabytes(peak)} with all that it computes, within ${inMegabytes(budget)}: nothing is computed anew`,
    ];
  }
  const more = `${(100 * extra_macs).toFixed(1)} % more multiply-adds`;
  return [
    `${inMegabytes(peak_before)} → ${inMegabytes(peak)} of ${inMegabytes(budget)}, for ${more}; computed anew on the way back:`,
    ...[...new Set(recomputed.map(({ op }) => op))].map((op) =>
      groupLine(
        op,
        recomputed.filter((value) => value.op === op),
      ),
    ),
  ];
}

/** `affine    41, 230.1 MB: encoder/stem.0/relu, encoder/stem.1/relu, … (41)` */
function groupLine(op: string, values: CompiledMemory['recomputed']): string {
  const bytes = values.reduce((sum, value) => sum + value.bytes, 0);
  const paths = values.slice(0, 6).map(({ path, times }) => (times === 1 ? path : `${path} ${times} times`));
  const rest = values.length > paths.length ? ', …' : '';
  return `${values.length} × ${op}, ${inMegabytes(bytes)}: ${paths.join(', ')}${rest}`;
}

export function inMegabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

export const compiledSchema = objectSchema({
  budget: { type: 'number' },
  peak_before: countSchema,
  peak: countSchema,
  extra_macs: { type: 'number', minimum: 0 },
  recomputed: arraySchema(
    objectSchema({
      path: textSchema,
      op: textSchema,
      bytes: countSchema,
      macs: countSchema,
      times: countSchema,
    }),
  ),
});
