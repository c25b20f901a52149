import type { Graph } from '../../../ir/graph.ts';
import { foldWeights } from '../../../step/fold.ts';
import { inferenceProgram } from '../../../step/programs.ts';
import { onnxModel } from '../emit.ts';
import { joinForAnyBatch } from './any-batch.ts';
import type { GraphWriter } from './graph-writer.ts';

/**
 * A network with its weights in a model, for any number of images. Gives the answers of its heads by name: maps
 * `[batch, height, width, channels]`, rows `[batch, values]`.
 * @param images `[batch, height, width, channels]`
 * @param prefix begins the names of what it makes, for models of several networks
 */
export function addNetwork(
  w: GraphWriter,
  graph: Graph,
  weights: ReadonlyMap<string, ArrayLike<number>>,
  images: string,
  prefix: string,
): ReadonlyMap<string, string> {
  const given = new Map(
    [...weights].map(([name, values]) => [`weight/${name}`, Float32Array.from(values)] as const),
  );
  const [two, three] = [2, 3].map((batch) => {
    const folded = foldWeights(inferenceProgram(graph, batch), given);
    return onnxModel(folded.program, { block: null, constants: folded.weights });
  }) as [ReturnType<typeof onnxModel>, ReturnType<typeof onnxModel>];
  const results = joinForAnyBatch(w.model, [two.model, three.model], {
    batch: w.size(images, 0),
    inputs: new Map([[two.inputs[0]!.name, images]]),
    prefix,
  });
  return new Map(
    two.outputs.flatMap(({ name, role }) =>
      role.kind === 'head' ? [[role.head, results.get(name)!] as const] : [],
    ),
  );
}
