/** How often each value occurs; counted run by run, since masks are large and plain. */
export function countValues(values: Float32Array): ReadonlyMap<number, number> {
  const areas = new Map<number, number>();
  for (let start = 0; start < values.length; ) {
    const value = values[start]!;
    let end = start + 1;
    while (end < values.length && values[end] === value) end += 1;
    areas.set(value, (areas.get(value) ?? 0) + end - start);
    start = end;
  }
  return areas;
}
