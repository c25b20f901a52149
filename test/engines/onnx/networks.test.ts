import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Graph } from '../../../src/compiler/ir/graph.ts';
import { evaluateStep } from '../../../src/compiler/step/evaluate.ts';
import { trainingProgram } from '../../../src/compiler/step/programs.ts';
import { probeBlock } from '../../../src/runtime/engines/onnx/block.ts';
import { loadLibrary } from '../../../src/runtime/engines/onnx/library.ts';
import { inputsOf, randomTruths, randomWeights } from '../../step/networks.ts';
import { graphOf } from '../../support/compiled.ts';
import { distance, randomTensor, runOnnx } from './support.ts';

/** A network whose map `x` has the channels of several blocks, beside one channel and a vector. */
function network(statements: string, blocks = ''): Graph {
  return graphOf(`${blocks}network Example {
  input image: [12, 8, 2]
  let x      = image |> conv(16) |> leaky_relu()
  let single = x |> conv(1) |> sigmoid()
  let vector = x |> global_avg_pool() |> dense(16)
  ${statements}
  head out: mask = y |> conv(1, kernel = 1) |> sigmoid()
}
`);
}

const gate = `block Gate(channels: int) {
  input skip: [h, w, c]
  input signal: [_, _, _]
  let features = skip |> conv(channels, kernel = 2, stride = 2, bias = false)
  let openness = features + (signal |> conv(channels, kernel = 1)) |> relu() |> conv(1) |> sigmoid()
  output skip * (openness |> resize(h, w))
}
`;

const cases: Readonly<Record<string, Graph>> = {
  'products with one channel and with a vector': network('let y = single * x + vector * x'),
  'sums and differences of maps, one channel, vectors and numbers': network(
    'let y = (x - single) + (vector - x) - (1 - 0.2 * single) + (-x) / 4',
  ),
  'parts of channels, rows and columns': network(
    `let top = x |> slice(0, 8) |> slice(2, 6, axis = "height")
  let y = concat(top, x |> slice(8, 8) |> slice(1, 6, axis = "height")) |> pad(bottom = 6)`,
  ),
  'an attention gate': network('let y = Gate(x, x |> max_pool(2) |> conv(24), 8)', gate),
};

const block = await probeBlock(await loadLibrary());
const test = suite('networks on ONNX Runtime');

for (const [name, graph] of Object.entries(cases)) {
  test(`a training step through ${name} is the interpreter’s, in blocks and without`, async () => {
    const loss = [{ weight: 1, head: 'out', loss: 'bce' }] as const;
    const optimizer = { kind: 'sgd', lr: 1, momentum: 0 } as const;
    const program = trainingProgram(graph, { loss, optimizer, batch: 3 });
    const images = randomTensor('images', [3, ...graph.nodes[0]!.shape]);
    const given = { graph, images, truths: randomTruths(graph, 3), weights: randomWeights(graph) };
    const inputs = inputsOf(program, given, { rate: 1 });
    const expected = evaluateStep(program, inputs);
    for (const size of [null, block]) {
      const actual = await runOnnx(program, inputs, { block: size });
      for (const [output, { data }] of expected) {
        const off = distance(actual.get(output)!.data, data);
        assert.ok(off < 1e-5, `${output} is off by ${off}`);
      }
    }
  });
}

test.run();
