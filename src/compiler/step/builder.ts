import type { Shape } from '../ir/shape.ts';
import { PrimitiveBuilder } from './primitive-builder.ts';
import { primitive } from './primitives.ts';
import type {
  InputRole,
  Output,
  OutputRole,
  PrimitiveAttributes,
  PrimitiveName,
  StepProgram,
  Value,
  ValueOrigin,
} from './program.ts';

/** The only way to make a value: derives its shape from the table of primitives, demands an origin, and freezes it. */
export class StepBuilder extends PrimitiveBuilder {
  readonly #name: string;
  readonly #values: Value[] = [];
  readonly #outputs: Output[] = [];
  #origin: ValueOrigin = { path: '', phase: 'forward' };

  constructor(name: string) {
    super();
    this.#name = name;
  }

  /** The values so far; the index is the id. */
  get values(): readonly Value[] {
    return this.#values;
  }

  /** Builds with another origin. */
  at<T>(origin: ValueOrigin, build: () => T): T {
    const before = this.#origin;
    this.#origin = Object.freeze(origin);
    try {
      return build();
    } finally {
      this.#origin = before;
    }
  }

  /** Applies a primitive and returns the id of the result. Throws when the operands do not suit it. */
  apply<P extends PrimitiveName>(
    op: P,
    operands: readonly number[],
    attributes: PrimitiveAttributes[P],
  ): number {
    const id = this.#values.length;
    const shapes = operands.map((operand) => this.shape(operand));
    let shape: Shape;
    try {
      shape = primitive(op).shape(shapes, attributes);
    } catch (error) {
      throw new Error(`%${id} ${op} of \`${this.#origin.path}\`: ${(error as Error).message}`);
    }
    const value = { id, op, operands, attributes, shape, origin: this.#origin };
    for (const part of [value, operands, attributes, shape]) Object.freeze(part);
    this.#values.push(value as Value);
    return id;
  }

  shape(id: number): Shape {
    const value = this.#values[id];
    if (value === undefined) throw new Error(`there is no value %${id}`);
    return value.shape;
  }

  output(role: OutputRole, value: number): void {
    this.#outputs.push(Object.freeze({ name: outputName(role), role, value }));
  }

  build(): StepProgram {
    return Object.freeze({
      name: this.#name,
      values: Object.freeze([...this.#values]),
      outputs: Object.freeze([...this.#outputs]),
    });
  }

  input(role: InputRole, shape: Shape): number {
    return this.apply('input', [], { name: inputName(role), role, shape });
  }
}

/** The name that a target gives an input: `images`, `target/<head>`, `weight/<name>`, `slot/<weight>/<role>` … */
function inputName(role: InputRole): string {
  if (role.kind === 'mask') return `mask/${role.layer}/${role.application}`;
  return roleName(role);
}

/** The name of an output: `loss`, `loss/<head>`, `finite`, `head/<name>`, `extreme/<head>`, `weight/<name>`, `slot/<weight>/<role>`. */
function outputName(role: OutputRole): string {
  if (role.kind === 'head_loss') return `loss/${role.head}`;
  return roleName(role);
}

function roleName(
  role: Exclude<InputRole, { kind: 'mask' }> | Exclude<OutputRole, { kind: 'head_loss' }>,
): string {
  switch (role.kind) {
    case 'target':
    case 'distance':
    case 'head':
    case 'extreme':
      return `${role.kind}/${role.head}`;
    case 'node_mean':
    case 'node_variance':
      return `${role.kind}/${role.node}`;
    case 'weight':
    case 'gradient':
      return `${role.kind}/${role.weight}`;
    case 'slot':
      return `slot/${role.weight}/${role.slot}`;
    default:
      return role.kind;
  }
}
