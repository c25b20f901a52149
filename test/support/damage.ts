import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import type { Random } from '../../src/runtime/random/random.ts';

/** What can happen to a file: each changes its bytes, or gives null for a file that is gone. */
const damages: Readonly<Record<string, (bytes: Buffer, random: Random) => Buffer | null>> = {
  'a bit flipped': (bytes, random) => {
    bytes[random.integer(bytes.length)]! ^= 1 << random.integer(8);
    return bytes;
  },
  'a digit changed': (bytes, random) => {
    const digits = [...bytes.keys()].filter((at) => bytes[at]! >= 48 && bytes[at]! <= 57);
    const at = digits[random.integer(Math.max(1, digits.length))] ?? 0;
    bytes[at] = 48 + ((bytes[at]! - 48 + 1 + random.integer(9)) % 10);
    return bytes;
  },
  'bytes overwritten': (bytes, random) => {
    const start = random.integer(bytes.length);
    for (let at = start; at < Math.min(bytes.length, start + 40); at += 1) bytes[at] = random.integer(256);
    return bytes;
  },
  'a sector of zeros': (bytes, random) => bytes.fill(0, random.integer(bytes.length)),
  'cut off': (bytes, random) => bytes.subarray(0, random.integer(bytes.length)),
  'a part twice': (bytes, random) => {
    const [from, to] = [random.integer(bytes.length), random.integer(bytes.length)].sort((a, b) => a - b);
    return Buffer.concat([bytes.subarray(0, to), bytes.subarray(from, to), bytes.subarray(to)]);
  },
  emptied: () => Buffer.alloc(0),
  gone: () => null,
};

/** Damages a file at random. What was done to it, in words; null where it came out as it was. */
export function damage(path: string, random: Random): string | null {
  const names = Object.keys(damages);
  const name = names[random.integer(names.length)]!;
  const before = readFileSync(path);
  const after = damages[name]!(Buffer.from(before), random);
  if (after === null) rmSync(path);
  else if (after.equals(before)) return null;
  else writeFileSync(path, after);
  return name;
}
