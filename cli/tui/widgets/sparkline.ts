const bars = [...'▁▂▃▄▅▆▇█'];

/** Values as a line of `width` bars, the last ones where there are more than fit twice; NaN is a gap. */
export function sparkline(values: readonly (number | null)[], width: number): string {
  const shown = grouped(values, width);
  const finite = shown.filter((value): value is number => value !== null && Number.isFinite(value));
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  const text = shown.map((value) => {
    if (value === null || !Number.isFinite(value)) return ' ';
    const part = high > low ? (value - low) / (high - low) : 0.5;
    return bars[Math.min(7, Math.floor(part * 8))]!;
  });
  return text.join('').padEnd(width);
}

/** Means of neighbours, so that at most `width` values are left. */
function grouped(values: readonly (number | null)[], width: number): readonly (number | null)[] {
  if (values.length <= width) return values;
  return Array.from({ length: width }, (_, index) => {
    const from = Math.floor((index * values.length) / width);
    const to = Math.max(from + 1, Math.floor(((index + 1) * values.length) / width));
    const part = values.slice(from, to).filter((value): value is number => value !== null);
    return part.length === 0 ? null : part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
