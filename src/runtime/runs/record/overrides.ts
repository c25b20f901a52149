/** Overrides with others, such as `train.epochs=2`: what is set again takes the place of what was set before. */
export function overriddenBy(before: readonly string[], after: readonly string[]): readonly string[] {
  const again = new Set(after.map(pathOf));
  return [...before.filter((one) => !again.has(pathOf(one))), ...after];
}

function pathOf(override: string): string {
  return override.split('=')[0]!.trim();
}
