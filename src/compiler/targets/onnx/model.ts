import type { Shape } from '../../ir/shape.ts';
import type { Attribute, Domain, SizedNode, Subgraph } from './node.ts';
import { resultSizes } from './node-sizes.ts';
import { Message } from './protobuf.ts';

/** The version of the standard operators. */
const operatorSet = 18;
const irVersion = 9;

/** ONNX's codes of element types. */
const elementTypes = { float: 1, uint8: 2, int32: 6, int64: 7, bool: 9, double: 11 } as const;

export type ElementType = keyof typeof elementTypes;

/** The code of an element type, as `Cast` takes it. */
export function elementCode(type: ElementType): number {
  return elementTypes[type];
}

/** The sizes of a tensor; a name where it varies, null where the library is not told one. */
export type Sizes = readonly (number | string | null)[];

/** What a file says of itself beside its nodes. */
export interface ModelNotes {
  readonly description?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A node as it is written. */
export interface Node {
  readonly op: string;
  readonly inputs: readonly string[];
  readonly results: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly domain: Domain;
  readonly label: string;
}

/** An ONNX model under construction, see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto for the fields' numbers. */
export class OnnxModel implements Subgraph {
  /** The domains of its operators. */
  readonly domains = new Set<Domain>(['']);
  readonly #nodes: Node[] = [];
  /** The names of all nodes' results. */
  readonly #made = new Set<string>();
  /** What constants are made of, in the order of their first use; only {@link graph} writes their numbers down. */
  readonly #constants = new Map<string, () => Message>();
  readonly #inputs: Message[] = [];
  readonly #outputs: Message[] = [];
  /** The names under which results are given out. */
  readonly #given = new Map<string, string>();
  readonly #prefix: string;
  /** The sizes of constants, and the numbers of those of whole numbers. */
  readonly #sizes = new Map<string, Shape>();
  readonly #ints = new Map<string, readonly number[]>();
  #names = 0;

  /** `prefix` begins the names of nodes' results, which must differ from those of a graph within a node. */
  constructor(prefix = 't') {
    this.#prefix = prefix;
  }

  /** Appends a node and returns the names of its results. `label` says in profiles where it comes from. */
  nodes(
    op: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    options: { readonly domain?: Domain; readonly results?: number; readonly label?: string } = {},
  ): readonly string[] {
    const { domain = '', results = 1, label = '' } = options;
    this.domains.add(domain);
    for (const value of Object.values(attributes)) {
      if (typeof value === 'object' && 'graph' in value)
        for (const used of value.graph.domains) this.domains.add(used);
    }
    const names = Array.from({ length: results }, () => `${this.#prefix}${this.#names++}`);
    const node = { op, inputs, results: names, attributes, domain, label };
    this.#nodes.push(node);
    for (const name of names) this.#made.add(name);
    return names;
  }

  /** A constant of whole numbers; equal ones are stored once. */
  ints(values: readonly number[]): string {
    return this.#wholeNumbers(`i${values}`, values);
  }

  /**
   * Sizes that a tensor is brought to. With `hidden` they are an input with a default, so that the library cannot tell
   * them beforehand: tensors of known, equal sizes share one buffer from the first to the last of them, and keep it in
   * between, however long that is.
   */
  sizes(values: readonly number[], hidden: boolean): string {
    if (!hidden) return this.ints(values);
    const content = `s${values}`;
    if (!this.#constants.has(`c:${content}`))
      this.#inputs.push(port(`c:${content}`, [values.length], 'int64'));
    return this.#wholeNumbers(content, values);
  }

  /** A constant of many whole numbers below 2³¹, as many as `count`, under a name of its own. */
  indices(name: string, count: number, build: () => Int32Array): string {
    return this.#constant(name, 'int32', [count], () => bytesOf(build()));
  }

  /** A whole number without axes. */
  index(value: number): string {
    return this.#constant(`n${value}`, 'int64', [], () => bytesOf(BigInt64Array.of(BigInt(value))));
  }

  /** Whether something is so. */
  truth(value: boolean): string {
    return this.#constant(`b${value}`, 'bool', [], () => Uint8Array.of(value ? 1 : 0));
  }

  /** A constant of float64 numbers. */
  doubles(shape: Shape, values: readonly number[]): string {
    return this.#constant(`d${shape}:${values}`, 'double', shape, () => bytesOf(Float64Array.from(values)));
  }

  /** A constant of float32 numbers. */
  floats(shape: Shape, values: ArrayLike<number>): string {
    const data = values instanceof Float32Array ? values : Float32Array.from(values);
    const content = data.length <= 64 ? `f${shape}:${data}` : `#${this.#constants.size}`;
    return this.#constant(content, 'float', shape, () => bytesOf(data));
  }

  /** Gives back the name. */
  input(name: string, sizes: Sizes, type: ElementType = 'float'): string {
    this.#inputs.push(port(name, sizes, type));
    return name;
  }

  /** Gives a result out under a name. It takes that name itself, if it is a node's and has none yet. */
  output(name: string, result: string, sizes: Sizes, type: ElementType = 'float'): void {
    this.#outputs.push(port(name, sizes, type));
    if (this.#made.has(result) && !this.#given.has(result)) {
      this.#given.set(result, name);
      return;
    }
    const copy = this.nodes('Identity', [result], {}, { label: 'output' })[0]!;
    this.#given.set(copy, name);
  }

  /**
   * All nodes in order, with the sizes of what they read and make, which the library would find out, too.
   * @param given The sizes of the inputs
   * @param block Channels in a block of the internal layout
   */
  sizedNodes(given: ReadonlyMap<string, Shape>, block: number): readonly SizedNode[] {
    const sizes = new Map([...this.#sizes, ...given]);
    return this.#nodes.map(({ op, domain, label, attributes, inputs: read, results: made }) => {
      // An input that is left out has no name.
      const inputs = read.flatMap((name) => (name === '' ? [] : [sizes.get(name)!]));
      const ints = read.map((name) => this.#ints.get(name));
      const node = { name: made[0]!, op, domain, label, attributes, inputs, block };
      const results = resultSizes({ ...node, ints, count: made.length });
      for (const [index, name] of made.entries()) sizes.set(name, results[index]!);
      return { ...node, results };
    });
  }

  /** The model as a file's content. */
  encode(
    name: string,
    producer: { readonly name: string; readonly version: string },
    { description, metadata = {} }: ModelNotes = {},
  ): Uint8Array {
    const versions = [...this.domains].map((domain) =>
      new Message().text(1, domain).int(2, domain === '' ? operatorSet : 1),
    );
    const notes = Object.entries(metadata).map(([key, value]) => new Message().text(1, key).text(2, value));
    const message = new Message().int(1, irVersion).text(2, producer.name).text(3, producer.version);
    if (description !== undefined) message.text(6, description);
    return message.message(7, this.graph(name)).messages(8, versions).messages(14, notes).encode();
  }

  /** Its nodes, the results that it gives out, and its constants, for a model that takes them over. */
  get content() {
    return {
      nodes: this.#nodes as readonly Node[],
      results: new Map([...this.#given].map(([result, name]) => [name, result])),
      constants: this.#constants as ReadonlyMap<string, () => Message>,
      ints: this.#ints as ReadonlyMap<string, readonly number[]>,
      sizes: this.#sizes as ReadonlyMap<string, Shape>,
    };
  }

  /** A constant of another model, under a name of its own. */
  adopt(name: string, constant: () => Message): string {
    this.#constants.set(name, constant);
    return name;
  }

  /** The nodes with their inputs, outputs and constants. */
  graph(name: string): Message {
    return new Message()
      .messages(
        1,
        this.#nodes.map((node) => nodeMessage(node, (result) => this.#given.get(result) ?? result)),
      )
      .text(2, name)
      .messages(
        5,
        [...this.#constants].map(([constant, message]) => message().text(8, constant)),
      )
      .messages(11, this.#inputs)
      .messages(12, this.#outputs);
  }

  #wholeNumbers(content: string, values: readonly number[]): string {
    const name = this.#constant(content, 'int64', [values.length], () =>
      bytesOf(BigInt64Array.from(values, BigInt)),
    );
    this.#ints.set(name, values);
    return name;
  }

  #constant(content: string, type: ElementType, shape: Shape, raw: () => Uint8Array): string {
    const name = `c:${content}`;
    if (!this.#constants.has(name)) {
      this.#sizes.set(name, shape);
      this.#constants.set(name, () =>
        new Message().ints(1, shape).int(2, elementTypes[type]).bytes(9, raw()),
      );
    }
    return name;
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

function nodeMessage(node: Node, nameOf: (result: string) => string): Message {
  const message = new Message();
  for (const name of node.inputs) message.text(1, nameOf(name));
  for (const name of node.results) message.text(2, nameOf(name));
  message.text(3, `${node.results[0]}:${node.label}`).text(4, node.op);
  for (const [name, value] of Object.entries(node.attributes))
    message.message(5, attributeMessage(name, value));
  return node.domain === '' ? message : message.text(7, node.domain);
}

function attributeMessage(name: string, value: Attribute): Message {
  const message = new Message().text(1, name);
  if (typeof value === 'number') return message.int(3, value).int(20, 2);
  if (typeof value === 'string') return message.text(4, value).int(20, 3);
  if ('float' in value) return message.float(2, value.float).int(20, 1);
  if ('floats' in value) return message.floats(7, value.floats).int(20, 6);
  if ('graph' in value) return message.message(6, value.graph.graph(name)).int(20, 5);
  return message.ints(8, value).int(20, 7);
}

/** A tensor that goes in or out. */
function port(name: string, sizes: Sizes, type: ElementType): Message {
  const dimensions = new Message().messages(
    1,
    sizes.map((size) => {
      const dimension = new Message();
      if (size === null) return dimension;
      return typeof size === 'string' ? dimension.text(2, size) : dimension.int(1, size);
    }),
  );
  const tensor = new Message().int(1, elementTypes[type]).message(2, dimensions);
  return new Message().text(1, name).message(2, new Message().message(1, tensor));
}
