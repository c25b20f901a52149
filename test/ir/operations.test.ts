import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { OperationName } from '../../src/compiler/ir/graph.ts';
import { isProblem, type Parameter, type Problem } from '../../src/compiler/ir/operations/entry.ts';
import {
  type ArgumentValue,
  completeAttributes,
  formatSignature,
  operation,
  operationNames,
} from '../../src/compiler/ir/operations.ts';
import type { Shape } from '../../src/compiler/ir/shape.ts';

type Case = [OperationName, Shape[], Record<string, ArgumentValue>, Shape | Problem['problem']];

const map: Shape = [16, 14, 8];
const cases: Case[] = [
  ['conv', [map], { channels: 32 }, [16, 14, 32]],
  ['conv', [map], { channels: 32, stride: 2 }, [8, 7, 32]],
  ['conv', [[15, 13, 8]], { channels: 32, stride: 2 }, [8, 7, 32]],
  ['conv', [map], { channels: 32, kernel: [5, 1], padding: 'valid' }, [12, 14, 32]],
  ['conv', [map], { channels: 32, rate: 6, padding: 'valid' }, [4, 2, 32]],
  ['conv', [map], { channels: 32, rate: 7, padding: 'valid' }, 'windowTooLarge'],
  ['conv', [map], { channels: 32, rate: 18 }, [16, 14, 32]],
  ['conv', [map], { channels: 32, rate: 2, stride: 2 }, 'stridedRate'],
  ['conv', [map], { channels: 32, groups: 4 }, [16, 14, 32]],
  ['conv', [map], { channels: 32, groups: 3 }, 'groupsIndivisible'],
  ['conv', [map], { channels: 30, groups: 4 }, 'groupsIndivisible'],
  ['conv', [[8]], { channels: 32 }, 'operandKind'],
  ['depthwise_conv', [map], { multiplier: 3, stride: 2 }, [8, 7, 24]],
  ['separable_conv', [map], { channels: 5, rate: 3 }, [16, 14, 5]],
  ['conv_transpose', [map], { channels: 5 }, [32, 28, 5]],
  ['conv_transpose', [map], { channels: 5, kernel: 3, stride: 2, padding: 'valid' }, [33, 29, 5]],
  ['conv_transpose', [[8]], { channels: 5 }, 'operandKind'],
  ['batch_norm', [map], {}, map],
  ['batch_norm', [[8]], {}, [8]],
  ['group_norm', [map], { groups: 4 }, map],
  ['group_norm', [map], { groups: 3 }, 'groupsIndivisible'],
  ['instance_norm', [[8]], {}, 'operandKind'],
  ['relu', [[8]], {}, [8]],
  ['max_pool', [map], {}, [8, 7, 8]],
  ['max_pool', [[15, 13, 8]], {}, [8, 7, 8]],
  ['max_pool', [[15, 13, 8]], { padding: 'valid' }, [7, 6, 8]],
  ['avg_pool', [map], { size: [2, 1], stride: 1, padding: 'valid' }, [15, 14, 8]],
  ['max_pool', [[1, 14, 8]], { padding: 'valid' }, 'windowTooLarge'],
  ['max_unpool', [[8, 7, 8], map], {}, map],
  ['max_unpool', [[4, 7, 8], map], {}, map],
  ['max_unpool', [[5, 7, 8], map], {}, 'unpoolShape'],
  ['max_unpool', [[8, 7, 4], map], {}, 'unpoolShape'],
  ['max_unpool', [[8], map], {}, 'operandKind'],
  ['global_avg_pool', [map], {}, [8]],
  ['global_max_pool', [[8]], {}, 'operandKind'],
  ['dense', [[8]], { units: 3 }, [3]],
  ['dense', [map], { units: 3 }, 'operandKind'],
  ['dropout', [map], { rate: 0.5 }, map],
  ['flatten', [map], {}, [16 * 14 * 8]],
  ['concat', [map, [16, 14, 3], map], {}, [16, 14, 19]],
  ['concat', [[8], [3]], {}, [11]],
  ['concat', [map, [16, 13, 8]], {}, 'concatShape'],
  ['concat', [map, [8]], {}, 'operandKind'],
  ['add', [map, map], {}, map],
  ['add', [map, [16, 14, 4]], {}, 'addShape'],
  ['add', [map, [16, 14, 1]], {}, map],
  ['add', [[16, 14, 1], [8]], {}, map],
  ['add', [[8], [1]], {}, [8]],
  ['add', [map, [16, 13, 1]], {}, 'addShape'],
  ['subtract', [[8], map], {}, map],
  ['subtract', [map, [14, 16, 8]], {}, 'subtractShape'],
  ['affine', [map], { factor: 2 }, map],
  ['multiply', [map, map], {}, map],
  ['multiply', [[16, 14, 1], map], {}, map],
  ['multiply', [map, [8]], {}, map],
  ['multiply', [[8], map], {}, map],
  ['multiply', [map, [4]], {}, 'multiplyShape'],
  ['layer_norm', [[8]], {}, [8]],
  ['attention', [map], { heads: 4 }, map],
  ['attention', [map], { heads: 3 }, 'groupsIndivisible'],
  ['attention', [[256, 224, 8]], { heads: 4 }, 'tooManyValues'],
  ['attention', [[8]], { heads: 4 }, 'operandKind'],
  ['softmax_along', [map], { axis: 'width' }, map],
  ['softmax_along', [[8]], { axis: 'channels' }, 'operandKind'],
  ['matmul', [map, [16, 8, 3]], {}, [16, 14, 3]],
  ['matmul', [map, map], {}, 'matmulShape'],
  ['matmul', [map, [4, 8, 3]], {}, 'matmulShape'],
  ['transpose', [map], {}, [16, 8, 14]],
  ['reshape', [map], { height: 1, width: 224 }, [1, 224, 8]],
  ['reshape', [map], { height: 3, width: 3 }, 'reshapeCount'],
  ['space_to_depth', [map], {}, [8, 7, 32]],
  ['space_to_depth', [map], { factor: 4 }, 'spaceIndivisible'],
  ['depth_to_space', [map], {}, [32, 28, 2]],
  ['depth_to_space', [map], { factor: 3 }, 'channelsIndivisible'],
  ['resize', [map], { height: 20, width: 30 }, [20, 30, 8]],
  ['pad', [map], { left: 3, bottom: 2 }, [18, 17, 8]],
  ['slice', [map], { begin: 2, count: 3 }, [16, 14, 3]],
  ['slice', [map], { begin: 4, count: 10, axis: 'width' }, [16, 10, 8]],
  ['slice', [map], { begin: 4, count: 5 }, 'sliceTooLarge'],
  ['slice', [[8]], { begin: 4, count: 4 }, [4]],
  ['slice', [[8]], { begin: 0, count: 1, axis: 'height' }, 'operandKind'],
  ['crop', [map], { left: 3, bottom: 2 }, [14, 11, 8]],
  ['crop', [map], { left: 7, right: 7 }, 'cropTooLarge'],
];

const shapes = suite('shape rules');
for (const [op, operands, given, expected] of cases) {
  const text = `${op} of ${operands.join(' and ')} with ${JSON.stringify(given)}`;
  shapes(`${text} gives ${expected}`, () => {
    const answer = operation(op).shape(operands, completeAttributes(op, given));
    assert.equal(isProblem(answer) ? answer.problem : answer, expected);
  });
}
shapes.run();

const table = suite('the operation table');

table('gives every operation a summary, an example that names it, and documented parameters', () => {
  const operators: Partial<Record<OperationName, string>> = { add: '+', subtract: '-', multiply: '*' };
  for (const op of operationNames) {
    const entry = operation(op);
    assert.match(entry.summary, /^[A-Z].*\.$/, op);
    assert.ok(entry.example.includes(operators[op] ?? op), op);
    for (const parameter of entry.parameters as readonly Parameter[]) {
      assert.match(parameter.doc, /^[A-Z].*[^.]$/, `${op}.${parameter.name}`);
    }
  }
});

table('puts required parameters first', () => {
  for (const op of operationNames) {
    const optional = (operation(op).parameters as readonly Parameter[]).map(
      (one) => one.default !== undefined,
    );
    assert.equal(optional, optional.toSorted(), op);
  }
});

table('writes one int of a pair for both axes and takes defaults from other parameters', () => {
  assert.equal(completeAttributes('max_pool', { size: 3 }), {
    size: [3, 3],
    stride: [3, 3],
    padding: 'same',
  });
  assert.equal(completeAttributes('max_pool', { size: [3, 1], stride: 2 }).stride, [2, 2]);
  assert.throws(() => completeAttributes('conv', {}), /channels/);
});

table('shows signatures as the language writes them', () => {
  assert.is(
    formatSignature('conv'),
    'conv(channels, kernel = 3, rate = 1, stride = 1, groups = 1, padding = "same", bias = true, init = "glorot_uniform", icnr = 1)',
  );
  assert.is(formatSignature('max_pool'), 'max_pool(size = 2, stride = size, padding = "same")');
  assert.is(formatSignature('relu'), 'relu()');
});

table('counts weights as Keras does', () => {
  const count = (op: OperationName, given: Record<string, ArgumentValue>, operand: Shape = map) =>
    operation(op)
      .weights([operand], completeAttributes(op, given))
      .map(({ shape }) => shape.reduce((product, size) => product * size, 1));
  assert.equal(count('conv', { channels: 32 }), [9 * 8 * 32, 32]);
  assert.equal(count('conv', { channels: 32, groups: 4, bias: false }), [9 * 2 * 32]);
  assert.equal(count('depthwise_conv', { multiplier: 2 }), [9 * 8 * 2, 16]);
  assert.equal(count('separable_conv', { channels: 5, multiplier: 2 }), [9 * 8 * 2, 16 * 5, 5]);
  assert.equal(count('conv_transpose', { channels: 5 }), [4 * 5 * 8, 5]);
  assert.equal(count('batch_norm', {}), [8, 8, 8, 8]);
  assert.equal(count('group_norm', {}), [8, 8]);
  assert.equal(count('dense', { units: 3 }, [10]), [30, 3]);
});

table('counts multiply-adds of kernels and matrices only', () => {
  const count = (op: OperationName, given: Record<string, ArgumentValue>, operand: Shape = map) => {
    const attributes = completeAttributes(op, given);
    const shape = operation(op).shape([operand], attributes) as Shape;
    return operation(op).multiplyAdds([operand], attributes, shape);
  };
  assert.is(count('conv', { channels: 32, stride: 2 }), 8 * 7 * 32 * 9 * 8);
  assert.is(count('conv', { channels: 32, groups: 4 }), 16 * 14 * 32 * 9 * 2);
  assert.is(count('depthwise_conv', { multiplier: 2 }), 16 * 14 * 16 * 9);
  assert.is(count('separable_conv', { channels: 5 }), 16 * 14 * 8 * (9 + 5));
  assert.is(count('conv_transpose', { channels: 5 }), 16 * 14 * 8 * 4 * 5);
  assert.is(count('dense', { units: 3 }, [10]), 30);
  // Four matrices, then every pixel with every pixel, twice.
  assert.is(count('attention', { heads: 4 }), 4 * 224 * 8 * 8 + 2 * 224 * 224 * 8);
  assert.is(count('batch_norm', {}), 0);
});

table('names the operands to blame', () => {
  const answer = operation('concat').shape([map, map, [16, 13, 8]], {} as never) as Problem;
  assert.equal(answer.operands, [0, 2]);
});

table.run();
