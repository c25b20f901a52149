import { sha256 } from '../source/sha256.ts';

/** Draws the next number of a stream, at least 0 and below 1, with 53 random bits. */
export type Random = () => number;

/**
 * A stream of random numbers that a key decides: xoshiro128** (Blackman and Vigna 2018), its state the key's SHA-256.
 * The same on every machine and engine.
 */
export function randomStream(key: string): Random {
  let [a, b, c, d] = sha256(key) as unknown as [number, number, number, number];
  const next = (): number => {
    const result = Math.imul(rotate(Math.imul(b, 5), 7), 9) >>> 0;
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = rotate(d, 11);
    return result;
  };
  return () => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) * 2 ** -53;
}

/** Draws from the standard normal distribution (Box and Muller 1958). */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

function rotate(word: number, count: number): number {
  return (word << count) | (word >>> (32 - count));
}
