import { tensor } from '../../interpret/tensor.ts';
import { elements } from '../../ir/shape.ts';
import { demand, type Primitive } from './entry.ts';

export const input: Primitive<'input'> = {
  summary: 'A value that is given from outside.',
  operands: 0,
  shape: (_, { shape }) => shape,
  evaluate: (_, { name }) => {
    throw new Error(`nothing was given for the input ${name}`);
  },
};

export const constant: Primitive<'constant'> = {
  summary: 'Numbers that are part of the program; a single one fills the whole shape.',
  operands: 0,
  shape(_, { shape, values }) {
    demand(
      values.length === 1 || values.length === elements(shape),
      () => `${values.length} values for ${shape}`,
    );
    return shape;
  },
  evaluate: (_, { values }, shape) =>
    tensor(shape, values.length === 1 ? new Array(elements(shape)).fill(values[0]) : values),
};
