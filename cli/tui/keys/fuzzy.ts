/** How well letters fit a text in which they come in this order: starts of words and neighbours count. -1000 if they do not. */
export function fuzzy(letters: string, text: string): number {
  if (letters === '') return 0;
  const low = text.toLowerCase();
  let score = 0;
  let at = -1;
  for (const letter of letters) {
    const next = low.indexOf(letter, at + 1);
    if (next === -1) return -1000;
    score += next === at + 1 ? 4 : next === 0 || low[next - 1] === ' ' ? 3 : -0.2 * Math.min(10, next - at);
    at = next;
  }
  return score - 0.05 * text.length;
}
