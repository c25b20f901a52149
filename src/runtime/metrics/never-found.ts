import { type Diagnostic, diagnostic, partsOfMetric } from '../../compiler/index.ts';
import { nowhere } from '../storage/problems.ts';
import type { Evaluation } from './evaluate.ts';
import { neverFound } from './masks/empty-masks.ts';
import { untrained } from './untrained.ts';

/** A warning for each structure that held-out images hold and no prediction: a mean over structures hides it. */
export function structuresNeverFound({ metrics, experiment }: Evaluation): readonly Diagnostic[] {
  const said = new Set<string>();
  return metrics.flatMap(({ path, structure, structures, empty, reason }) => {
    const { head } = partsOfMetric(path);
    const what = structure === null ? `the mask of \`${head}\`` : `\`${structure}\` of \`${head}\``;
    const isMean = Object.keys(structures).length > 0;
    const count = empty === null || isMean || reason === untrained ? 0 : neverFound(empty);
    if (count === 0 || said.has(what)) return [];
    said.add(what);
    const help = [{ message: '`cmrc explain CMR877` says what finds small structures sooner' }];
    const of = `${empty!.of}${count === 1 ? '' : 's'}`;
    return [
      diagnostic('structureNeverFound', { at: nowhere(experiment), arguments: { what, count, of }, help }),
    ];
  });
}
