import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { writeAtomically } from './atomic.ts';

/**
 * Seals: a JSON file that holds its own checksum, so that a changed byte is seen and never believed. The checksum is the
 * last entry, `seal`: SHA-256 of the whole text with zeros in its place. A line of a journal ends with the CRC-32 of what
 * comes before it.
 */

/** What a sealed text holds. */
export interface Unsealed {
  /** The value without its seal. */
  readonly value: unknown;
  /** False for a text without a seal, as older versions wrote them. */
  readonly sealed: boolean;
}

const zeros = '0'.repeat(64);
const lastEntry = /"seal": ?"([0-9a-f]{64})"\s*\}\s*$/;
/** Longer than the last entry of any text. */
const tail = 100;

/** The JSON text of an object, with its seal. */
export function sealedText(value: object, indent = 0): string {
  const text = `${JSON.stringify({ ...value, seal: zeros }, null, indent)}\n`;
  const at = text.lastIndexOf(zeros);
  return `${text.slice(0, at)}${checksum(text)}${text.slice(at + zeros.length)}`;
}

/** Whether a text has a seal; or in words that it is broken. */
export function checkSeal(text: string): boolean | string {
  const end = text.slice(-tail);
  const found = lastEntry.exec(end);
  if (found === null) return false;
  const at = text.length - end.length + found.index + found[0].indexOf(found[1]!);
  const blank = `${text.slice(0, at)}${zeros}${text.slice(at + zeros.length)}`;
  return checksum(blank) === found[1] || 'it has another checksum than when it was written';
}

/** Opens a sealed text; or says in words why nothing in it can be believed. */
export function unseal(text: string): Unsealed | string {
  const sealed = checkSeal(text);
  if (typeof sealed === 'string') return sealed;
  try {
    const value: unknown = JSON.parse(text);
    if (!sealed) return { value, sealed };
    const { seal: _, ...rest } = value as Record<string, unknown>;
    return { value: rest, sealed };
  } catch {
    return 'it is not JSON';
  }
}

/** Writes an object with its seal; as {@link writeAtomically}. */
export function writeSealed(path: string, value: object, indent = 0): void {
  writeAtomically(path, sealedText(value, indent));
}

/** Opens a sealed file; or says in words why nothing in it can be believed. Throws what the system says against reading it. */
export function readSealed(path: string): Unsealed | string {
  return unseal(readFileSync(path, 'utf8'));
}

const lineSeal = /,"seal":"([0-9a-f]{8})"\}$/;
/** What is left of a seal of which a character was changed. */
const brokenSeal = /"seal":|":"[0-9a-f]{8}"\}$/;
/** The length of `,"seal":"01234567"}`. */
const lineSealLength = 19;

/** A JSON object on one line, with its seal. */
export function sealedLine(json: string): string {
  const body = json.slice(0, -1);
  return `${body},"seal":"${lineChecksum(body)}"}`;
}

/** A line without its seal: `null` where it is damaged, and unchanged with `sealed` false where it has none. */
export function unsealLine(line: string): { readonly json: string; readonly sealed: boolean } | null {
  const end = line.slice(-lineSealLength);
  const found = lineSeal.exec(end);
  if (found === null) return brokenSeal.test(end) ? null : { json: line, sealed: false };
  const body = line.slice(0, -lineSealLength);
  return lineChecksum(body) === found[1] ? { json: `${body}}`, sealed: true } : null;
}

/** Whether the bytes of a line end with their seal. */
export function hasLineSeal(line: Buffer): boolean {
  const found = lineSeal.exec(line.toString('latin1', Math.max(0, line.length - lineSealLength)));
  return found !== null && lineChecksum(line.subarray(0, -lineSealLength)) === found[1];
}

function checksum(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function lineChecksum(text: string | Buffer): string {
  return crc32(text).toString(16).padStart(8, '0');
}
