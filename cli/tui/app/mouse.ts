import type { Mouse } from '../session/messages.ts';

/** What Ink hands on of a mouse report: `[<0;10;5M`; places count from 1, releases end with `m`. */
const report = /^\[<(\d+);(\d+);(\d+)([Mm])$/;

/** A mouse report as what it means: presses of the left button and the wheel. Null for other input; `ignored` for other reports. */
export function mouseOf(input: string): Mouse | 'ignored' | null {
  const found = report.exec(input);
  if (found === null) return null;
  const [, code, column, row, kind] = found;
  const place = { row: Number(row) - 1, column: Number(column) - 1 };
  // Bits 2 to 4 are shift, alt and control.
  const button = Number(code) & ~28;
  if (kind === 'm') return 'ignored';
  if (button === 0) return { button: 'left', ...place };
  if (button === 64) return { button: 'wheelUp', ...place };
  return button === 65 ? { button: 'wheelDown', ...place } : 'ignored';
}
