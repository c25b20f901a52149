import type { Bag } from '../../../compiler/index.ts';

/** What is not as it should be in a file or a series, though it can be read. */
export type VolumeFinding =
  /** The same image again; it counts once. */
  | { readonly kind: 'copy'; readonly path: string; readonly of: string }
  /** An image that belongs to no volume. */
  | { readonly kind: 'left out'; readonly path: string; readonly reason: string }
  /** Places without an image, between two that have one. Millimetres along the normal. */
  | {
      readonly kind: 'gap';
      readonly before: string;
      readonly after: string;
      readonly from: number;
      readonly to: number;
      readonly step: number;
      readonly missing: number;
    }
  /** Points in time that some places lack. */
  | {
      readonly kind: 'phases';
      readonly path: string;
      readonly missing: readonly MissingImage[];
      readonly places: number;
      readonly phases: number;
    }
  /** Why the places of the images give no volume in millimetres. */
  | { readonly kind: 'places'; readonly path: string; readonly problem: string; readonly consequence: string }
  /** Values that were turned round. */
  | { readonly kind: 'inverted'; readonly path: string }
  /** What was odd about a file and how it was read, in words that follow a colon. */
  | { readonly kind: 'odd'; readonly words: string };

export function oddities(words: readonly string[]): readonly VolumeFinding[] {
  return words.map((one) => ({ kind: 'odd', words: one }));
}

/** Findings about many files until they are told; what is odd about several of them in the same words is told once. */
export class Findings {
  readonly #others: Exclude<VolumeFinding, { kind: 'odd' }>[] = [];
  readonly #paths = new Map<string, string[]>();

  /** @param path the file, or the first of those, that the findings are about */
  add(path: string, findings: readonly VolumeFinding[] | undefined): void {
    for (const finding of findings ?? []) {
      if (finding.kind !== 'odd') this.#others.push(finding);
      else this.#paths.set(finding.words, [...(this.#paths.get(finding.words) ?? []), path]);
    }
  }

  report(bag: Bag): void {
    for (const finding of this.#others) reportFinding(bag, finding);
    for (const [remark, paths] of this.#paths) {
      const path = paths[0]!;
      bag.report('importRemark', {
        at: { file: path, start: 0, end: 0 },
        arguments: { path, remark },
        notes: paths.length === 1 ? [] : [`so it is with ${paths.length - 1} more`, ...paths.slice(1, 10)],
      });
    }
  }
}

/** An image that a place should have. */
export interface MissingImage {
  /** Millimetres along the normal of the plane. */
  readonly depth: number;
  /** From 1. */
  readonly phase: number;
  /** Milliseconds after the R wave of the other places' images. */
  readonly trigger: number | null;
  /** A file of the same place. */
  readonly beside: string;
}

/** Reports a finding that is of one file or series alone. */
function reportFinding(bag: Bag, finding: Exclude<VolumeFinding, { kind: 'odd' }>): void {
  const at = (file: string) => ({ file, start: 0, end: 0 });
  switch (finding.kind) {
    case 'copy':
      bag.report('seriesCopy', { at: at(finding.path), arguments: { path: finding.path, of: finding.of } });
      return;
    case 'left out':
      bag.report('importFile', {
        at: at(finding.path),
        arguments: { path: finding.path, reason: finding.reason },
      });
      return;
    case 'gap': {
      const { before, after, from, to, step, missing } = finding;
      bag.report('seriesGap', {
        at: at(after),
        arguments: { count: missing, before, after },
        notes: [
          `\`${before}\` lies at ${millimetres(from)} mm and \`${after}\` at ${millimetres(to)} mm, where slices are ${millimetres(step)} mm apart`,
          'a slice counts as thick as the usual step: what lies in the gap counts nowhere',
        ],
      });
      return;
    }
    case 'phases': {
      const { path, missing, places, phases } = finding;
      bag.report('seriesPhase', {
        at: at(path),
        arguments: { places, phases, count: missing.length },
        notes: missing.map(
          ({ depth, phase, trigger, beside }) =>
            `the place at ${millimetres(depth)} mm, of \`${beside}\`, lacks phase ${phase}${trigger === null ? '' : `, about ${Math.round(trigger)} ms after the R wave`}`,
        ),
      });
      return;
    }
    case 'places':
      bag.report('seriesPlaces', {
        at: at(finding.path),
        arguments: { path: finding.path, problem: finding.problem },
        notes: [finding.consequence],
      });
      return;
    case 'inverted':
      bag.report('invertedValues', { at: at(finding.path), arguments: { path: finding.path } });
  }
}

function millimetres(value: number): string {
  return String(Number(value.toFixed(2)));
}
