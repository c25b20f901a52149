/** A half-open range of UTF-16 offsets in one source file. Every name and every node of the syntax tree has one. */
export interface Span {
  /** The file's path as the host knows it, or a pseudo file such as `<command line>`. */
  readonly file: string;
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
}

/** The smallest span that covers both, which must lie in the same file. */
export function cover(first: Span, last: Span): Span {
  return { file: first.file, start: Math.min(first.start, last.start), end: Math.max(first.end, last.end) };
}

/** Whether an offset lies inside a span or directly at its end. */
export function contains(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}
