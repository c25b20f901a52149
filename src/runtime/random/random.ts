/**
 * Random numbers that are addressed, not consumed: a seed and a list of keys name a stream, and a stream is the same
 * whoever draws from it, in whatever order, in whatever process. So a new subject, a new layer or a resumed epoch
 * changes nothing else. The generator is Philox4x32-10 (Salmon et al. 2011, "Parallel random numbers: as easy as 1, 2, 3").
 */

/** What names a stream beside its seed, such as `'subject'` and a number. */
export type Key = string | number;

/** The stream that a seed and keys name. Equal arguments give equal streams; different ones are unrelated. */
export function stream(seed: number, ...keys: readonly Key[]): Random {
  return new Random(addressOf(seed, keys));
}

/** One stream of random numbers. Its values depend on its address and on how many were drawn before. */
export class Random {
  readonly #address: Address;
  readonly #block = new Uint32Array(4);
  #next = 4;
  #count = 0;
  #spare: number | null = null;

  constructor(address: Address) {
    this.#address = address;
  }

  /** 32 random bits as an unsigned integer. */
  bits(): number {
    if (this.#next === 4) {
      const { key, high } = this.#address;
      philox(this.#block, this.#count, 0, high[0], high[1], key[0], key[1]);
      this.#count += 1;
      this.#next = 0;
    }
    const value = this.#block[this.#next]!;
    this.#next += 1;
    return value;
  }

  /** Uniform on `[low, high)`, in steps of 2⁻³². */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.bits() / 2 ** 32);
  }

  /** Normal, by the transform of Box and Muller. */
  normal(mean = 0, deviation = 1): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return mean + deviation * spare;
    }
    // The logarithm's argument lies in (0, 1], so it is never of zero.
    const radius = Math.sqrt(-2 * Math.log((this.bits() + 1) / 2 ** 32));
    const angle = 2 * Math.PI * (this.bits() / 2 ** 32);
    this.#spare = radius * Math.sin(angle);
    return mean + deviation * radius * Math.cos(angle);
  }

  /** Uniform on the integers `0 … below − 1`. */
  integer(below: number): number {
    return Math.floor(this.uniform() * below);
  }

  /** True with the given probability. */
  chance(probability: number): boolean {
    return this.uniform() < probability;
  }

  /** One of the items; with weights (which need not sum to one) as often as they say. */
  choice<T>(items: readonly T[], weights?: readonly number[]): T {
    if (items.length === 0) throw new Error('a choice needs at least one item');
    if (weights === undefined) return items[this.integer(items.length)]!;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    let rest = this.uniform(0, total);
    for (const [index, item] of items.entries()) {
      rest -= weights[index] ?? 0;
      if (rest < 0) return item;
    }
    return items.at(-1)!;
  }

  /** The integers `0 … count − 1` in random order (Fisher and Yates). */
  permutation(count: number): number[] {
    const order = Array.from({ length: count }, (_, index) => index);
    for (let last = count - 1; last > 0; last -= 1) {
      const other = this.integer(last + 1);
      [order[last], order[other]] = [order[other]!, order[last]!];
    }
    return order;
  }
}

/** Where a stream lies in the generator's space: the key, and the upper half of the counter. */
interface Address {
  readonly key: readonly [number, number];
  readonly high: readonly [number, number];
}

/** Hashes seed and keys to 128 bits. A type tag before each key keeps `1` apart from `'1'`. */
function addressOf(seed: number, keys: readonly Key[]): Address {
  const state = new Uint32Array([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344]);
  for (const key of [seed, ...keys]) {
    if (typeof key === 'string') {
      absorb(state, 0x73747200 + key.length);
      for (let index = 0; index < key.length; index += 1) absorb(state, key.charCodeAt(index));
    } else {
      const words = new Uint32Array(new Float64Array([key + 0]).buffer);
      absorb(state, 0x6e756d00);
      absorb(state, words[0]!);
      absorb(state, words[1]!);
    }
  }
  return { key: [state[0]!, state[1]!], high: [state[2]!, state[3]!] };
}

/** Mixes one word into the state with the block function of the generator itself. */
function absorb(state: Uint32Array, word: number): void {
  philox(state, state[0]! ^ word, state[1]!, state[2]!, state[3]!, 0xa4093822, word);
}

/** Philox4x32-10: writes the four words that belong to a counter of four words and a key of two. */
export function philox(
  out: Uint32Array,
  counter0: number,
  counter1: number,
  counter2: number,
  counter3: number,
  key0: number,
  key1: number,
): void {
  let [a, b, c, d] = [counter0, counter1, counter2, counter3];
  let [low, high] = [key0, key1];
  for (let round = 0; round < 10; round += 1) {
    const first = highProduct(0xd2511f53, a);
    const second = highProduct(0xcd9e8d57, c);
    const nextB = Math.imul(0xcd9e8d57, c);
    const nextD = Math.imul(0xd2511f53, a);
    a = second ^ b ^ low;
    c = first ^ d ^ high;
    b = nextB;
    d = nextD;
    low = (low + 0x9e3779b9) | 0;
    high = (high + 0xbb67ae85) | 0;
  }
  out[0] = a;
  out[1] = b;
  out[2] = c;
  out[3] = d;
}

/** The upper 32 bits of the product of two unsigned 32-bit integers. */
function highProduct(left: number, right: number): number {
  const leftLow = left & 0xffff;
  const leftHigh = left >>> 16;
  const rightLow = right & 0xffff;
  const rightHigh = right >>> 16;
  const middle = leftHigh * rightLow + ((leftLow * rightLow) >>> 16);
  const cross = leftLow * rightHigh + (middle & 0xffff);
  return (leftHigh * rightHigh + Math.floor(middle / 65536) + Math.floor(cross / 65536)) | 0;
}
