/** A half-open range of UTF-16 offsets in one source file. Every name and every node of the syntax tree has one. */
export interface Span {
  /** The file's path as the host knows it, or a pseudo file such as `<command line>`. */
  readonly file: string;
  /** Offset of the first character. */
  readonly start: number;
  /** Offset after the last character. */
  readonly end: number;
}

/** Whether a span lies inside another of the same file. */
export function encloses(outer: Span, inner: Span): boolean {
  return inner.file === outer.file && outer.start <= inner.start && inner.end <= outer.end;
}

/** Whether an offset lies inside a span or directly at its end. */
export function contains(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}
