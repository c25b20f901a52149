import type { Shape } from '../../ir/shape.ts';
import type { InputRole, OutputRole, PrimitiveName, StepProgram, Value } from '../../step/program.ts';
import { type Layout, memoryShape, plainLayout, unblockedLayout } from './layout.ts';
import { type Choice, Lowering, type LoweringOptions, plain, type Rule } from './lowering.ts';
import { OnnxModel } from './model.ts';
import type { SizedNode } from './node.ts';
import { Repetition } from './repetition.ts';
import { kernelLayout } from './rules/convolution.ts';
import { rules } from './rules.ts';
import { tailsOf } from './tails.ts';

/** What goes into a model or comes out of it, under the name that the program gives it. */
export interface Port<Role> {
  readonly name: string;
  readonly role: Role;
  /** As the program means it. */
  readonly shape: Shape;
  /** How its values lie in the tensor. */
  readonly layout: Layout;
  /** The tensor's sizes. */
  readonly sizes: Shape;
}

/** A step's program as an ONNX model, with what a caller must know to feed it. */
export interface OnnxStep {
  readonly model: Uint8Array;
  /** 1 where nothing is blocked. */
  readonly block: number;
  /** Whether a run makes several steps: what is neither weight nor running value has a first axis for them. */
  readonly repeated: boolean;
  readonly inputs: readonly Port<InputRole>[];
  /** A weight or slot comes out as it goes in, so that a step's results are the next one's inputs. */
  readonly outputs: readonly Port<OutputRole>[];
}

export interface OnnxOptions extends LoweringOptions {
  /** The values of inputs that never change, in row-major order, by name: they become part of the model. */
  readonly constants?: ReadonlyMap<string, Float32Array>;
  /** Weights and running values go in and out in row-major order, as checkpoints hold them, whatever that costs. */
  readonly rowMajor?: boolean;
  /** Makes as many steps in a run as it is given images for, up to the first with a gradient that is not finite. Sizes are not hidden then. */
  readonly repeated?: boolean;
}

/** Lowers a step's program to an ONNX model. */
export function emitOnnx(program: StepProgram, options: OnnxOptions): OnnxStep {
  const { lowering, whole, ...ports } = lowered(program, options);
  return {
    model: whole.encode(program.name, { name: 'cmrnet', version: '' }),
    block: lowering.block,
    ...ports,
  };
}

/** As {@link emitOnnx}, before it is written: for models that take it over. */
export function onnxModel(program: StepProgram, options: OnnxOptions) {
  const { whole, inputs, outputs } = lowered(program, options);
  return { model: whole, inputs, outputs };
}

/** The nodes of a single step in {@link emitOnnx}'s model, and what was chosen where there are several ways. */
export function lowerOnnx(
  program: StepProgram,
  options: LoweringOptions,
): { readonly nodes: readonly SizedNode[]; readonly choices: readonly Choice[] } {
  const { lowering, inputs } = lowered(program, options);
  const given = new Map(inputs.map(({ name, sizes }) => [name, sizes]));
  return { nodes: lowering.model.sizedNodes(given, lowering.block), choices: lowering.choices };
}

function lowered(program: StepProgram, options: OnnxOptions) {
  const model = new OnnxModel();
  const lowering = new Lowering(model, program, options);
  const inputs: Port<InputRole>[] = [];
  const kept = options.rowMajor === true ? new Map<string, Layout>() : stateLayouts(lowering);
  const tails = tailsOf(program);
  const late = new Set([...tails.values()].flatMap(({ of, through }) => [of, through]));
  const repetition = options.repeated === true ? new Repetition(model) : null;
  const changed = new Set(program.outputs.map(({ name }) => name));
  for (const value of inFileOrder(program)) {
    if (value.op === 'constant') {
      const { values } = value.attributes;
      // A single value is repeated by its readers.
      const shape = values.length === 1 ? value.shape.map(() => 1) : value.shape;
      lowering.lower(value, () => plain(model.floats(shape, values), shape));
    } else if (value.op === 'input') {
      const { name, role } = value.attributes;
      const constant = options.constants?.get(name);
      if (constant !== undefined) {
        lowering.lower(value, () => plain(model.floats(value.shape, constant), value.shape));
        continue;
      }
      const layout = kept.get(stateKey(role) ?? '') ?? plainLayout(value.shape.length);
      const sizes = memoryShape(value.shape, layout, lowering.block);
      inputs.push({ name, role, shape: value.shape, layout, sizes });
      const state = stateKey(role) !== null;
      const hidden = options.hideSizes === true && !state;
      const read =
        repetition === null
          ? model.input(name, hidden ? sizes.map(() => null) : sizes)
          : repetition[changed.has(name) ? 'carried' : state ? 'constant' : 'given'](name, sizes);
      const held = { name: read, shape: value.shape, layout };
      // Predictions lie channels first, and meet the truth more than once.
      lowering.lower(value, () =>
        role.kind === 'target' ? lowering.convert(held, unblockedLayout(value.shape.length)) : held,
      );
    } else {
      const tail = tails.get(value.id);
      if (tail !== undefined) lowering.lowerTail(value, tail, ruleOf);
      else if (!late.has(value.id)) lowering.lower(value as never, ruleOf(value));
    }
  }
  const results = program.outputs.map(({ name, role, value }) => {
    const { shape } = lowering.value(value);
    const layout = kept.get(stateKey(role) ?? '') ?? plainLayout(shape.length);
    const sizes = memoryShape(shape, layout, lowering.block);
    const made = lowering.real(lowering.take(value, layout));
    const next = stateKey(role) === null ? null : name;
    return { name: outputName(name), role, shape, layout, sizes, made, next };
  });
  const finite = results.find(({ role }) => role.kind === 'finite')?.made ?? null;
  for (const { name, made, sizes } of repetition === null ? results : []) model.output(name, made, sizes);
  const whole = repetition?.finish(results, finite) ?? model;
  const outputs = results.map(({ name, role, shape, layout, sizes }) => ({
    name,
    role,
    shape,
    layout,
    sizes,
  }));
  return { lowering, whole, repeated: repetition !== null, inputs, outputs };
}

function ruleOf({ op }: Value): Rule<PrimitiveName> {
  return rules[op as keyof typeof rules] as unknown as Rule<PrimitiveName>;
}

/**
 * The order in which values become nodes. The library computes what the last node without a reader needs first, and what
 * the one before needs then. So that it goes all the way back before it changes the first weight, whether gradients are
 * finite, which needs all of them, stands last: new weights beside all that is kept for the way back would take most.
 */
function inFileOrder({ values }: StepProgram): readonly Value[] {
  const read = new Set(values.flatMap(({ operands }) => operands));
  const isLast = ({ op, id }: Value) => op === 'all_finite' && !read.has(id);
  return [...values.filter((value) => !isLast(value)), ...values.filter(isLast)];
}

/** Inputs and outputs share one space of names in a model. */
function outputName(name: string): string {
  return `next/${name}`;
}

/** The weight that a role's values belong to: slots lie in memory as their weight does. */
function stateKey(role: InputRole | OutputRole): string | null {
  return role.kind === 'weight' || role.kind === 'slot' ? role.weight : null;
}

/** How kernels lie between steps: as the first convolution that reads them takes them. */
function stateLayouts(lowering: Lowering): ReadonlyMap<string, Layout> {
  const found = new Map<string, Layout>();
  const { values } = lowering.program;
  for (const value of values) {
    if (value.op !== 'conv2d') continue;
    const [x, kernel] = value.operands.map((id) => values[id]!) as [
      (typeof values)[number],
      (typeof values)[number],
    ];
    if (kernel.op !== 'input' || kernel.attributes.role.kind !== 'weight') continue;
    const { weight } = kernel.attributes.role;
    if (!found.has(weight)) {
      found.set(weight, kernelLayout(lowering, x.shape, kernel.shape, value.attributes.groups));
    }
  }
  return found;
}

/**
 * A model that reorders a map `[1, 16, 1, 2]` of the numbers 0 to 31 into blocks: the place of the 1 is the block's size.
 * Of no use but to ask a library how large its blocks are.
 */
export function blockProbe(): {
  readonly model: Uint8Array;
  readonly input: string;
  readonly output: string;
} {
  const model = new OnnxModel();
  const [input, output] = ['map', 'blocked'];
  model.input(input, [1, 16, 1, 2]);
  const [reordered] = model.nodes('ReorderInput', [input], {}, { domain: 'com.microsoft.nchwc' });
  model.output(output, reordered!, [1, 16, 1, 2]);
  return { model: model.encode('block', { name: 'cmrnet', version: '' }), input, output };
}
