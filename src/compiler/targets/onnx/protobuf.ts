/** A field of a protocol buffer message: its number and how it is written. */
type Field =
  | { readonly number: number; readonly kind: 'int'; readonly value: number }
  | { readonly number: number; readonly kind: 'float'; readonly value: number }
  | { readonly number: number; readonly kind: 'bytes'; readonly value: Uint8Array }
  | { readonly number: number; readonly kind: 'ascii'; readonly value: string }
  | { readonly number: number; readonly kind: 'message'; readonly value: Message };

/** The wire types of the encoding. */
const varint = 0;
const lengthDelimited = 2;
const fixed32 = 5;

/**
 * A protocol buffer message under construction: fields are appended by number, nested messages are measured before they
 * are written, so that the whole is written once. See https://protobuf.dev/programming-guides/encoding/.
 */
export class Message {
  readonly #fields: Field[] = [];
  #size: number | null = null;

  /** A whole number from −2⁵³ to 2⁵³. */
  int(number: number, value: number): this {
    return this.#add({ number, kind: 'int', value });
  }
  float(number: number, value: number): this {
    return this.#add({ number, kind: 'float', value });
  }
  bytes(number: number, value: Uint8Array): this {
    return this.#add({ number, kind: 'bytes', value });
  }
  text(number: number, value: string): this {
    // A model is full of short names, which an encoder takes longer over than a loop.
    if (isAscii(value)) return this.#add({ number, kind: 'ascii', value });
    return this.bytes(number, new TextEncoder().encode(value));
  }
  message(number: number, value: Message): this {
    return this.#add({ number, kind: 'message', value });
  }
  /** The same field once per value. */
  messages(number: number, values: readonly Message[]): this {
    for (const value of values) this.message(number, value);
    return this;
  }
  ints(number: number, values: readonly number[]): this {
    for (const value of values) this.int(number, value);
    return this;
  }
  floats(number: number, values: readonly number[]): this {
    for (const value of values) this.float(number, value);
    return this;
  }

  /** The message as it is stored. */
  encode(): Uint8Array {
    const bytes = new Uint8Array(this.#measure());
    this.#write(bytes, 0);
    return bytes;
  }

  #add(field: Field): this {
    this.#fields.push(field);
    this.#size = null;
    return this;
  }

  #measure(): number {
    this.#size ??= this.#fields.reduce(
      (sum, field) => sum + varintSize(field.number * 8) + bodySize(field),
      0,
    );
    return this.#size;
  }

  #write(bytes: Uint8Array, start: number): number {
    let at = start;
    for (const field of this.#fields) {
      switch (field.kind) {
        case 'int':
          at = writeVarint(bytes, at, field.number * 8 + varint);
          at = writeVarint(bytes, at, field.value);
          break;
        case 'float':
          at = writeVarint(bytes, at, field.number * 8 + fixed32);
          new DataView(bytes.buffer).setFloat32(at, field.value, true);
          at += 4;
          break;
        case 'bytes':
          at = writeVarint(bytes, at, field.number * 8 + lengthDelimited);
          at = writeVarint(bytes, at, field.value.length);
          bytes.set(field.value, at);
          at += field.value.length;
          break;
        case 'ascii':
          at = writeVarint(bytes, at, field.number * 8 + lengthDelimited);
          at = writeVarint(bytes, at, field.value.length);
          for (let index = 0; index < field.value.length; index++)
            bytes[at++] = field.value.charCodeAt(index);
          break;
        case 'message':
          at = writeVarint(bytes, at, field.number * 8 + lengthDelimited);
          at = writeVarint(bytes, at, field.value.#measure());
          at = field.value.#write(bytes, at);
      }
    }
    return at;
  }

  static size(message: Message): number {
    return message.#measure();
  }
}

function isAscii(value: string): boolean {
  for (let index = 0; index < value.length; index++) if (value.charCodeAt(index) > 127) return false;
  return true;
}

function bodySize(field: Field): number {
  switch (field.kind) {
    case 'int':
      return varintSize(field.value);
    case 'float':
      return 4;
    case 'bytes':
    case 'ascii':
      return varintSize(field.value.length) + field.value.length;
    case 'message': {
      const size = Message.size(field.value);
      return varintSize(size) + size;
    }
  }
}

/** Negative numbers are written as 64-bit two's complement: ten bytes. */
function varintSize(value: number): number {
  if (value < 0) return 10;
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size += 1;
  return size;
}

function writeVarint(bytes: Uint8Array, start: number, value: number): number {
  let at = start;
  if (value < 0) {
    let rest = BigInt.asUintN(64, BigInt(value));
    for (; rest >= 128n; rest >>= 7n) bytes[at++] = Number(rest & 127n) | 128;
    bytes[at++] = Number(rest);
    return at;
  }
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
  bytes[at++] = rest;
  return at;
}
