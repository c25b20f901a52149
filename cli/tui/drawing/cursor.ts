/** A place in a list after moving, kept inside of it. */
export function movedCursor(cursor: number, by: number, count: number): number {
  return Math.max(0, Math.min(count - 1, cursor + by));
}

/** The first line that is shown of a list, so that the cursor stays in its middle where it can. */
export function topOf(cursor: number, count: number, height: number): number {
  return Math.max(0, Math.min(cursor - Math.floor(height / 2), count - height));
}
