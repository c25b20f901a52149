/** How many columns of a terminal a text takes: wide characters take two, combining ones none. */
export function displayWidth(text: string): number {
  if (/^[\x20-\x7e]*$/.test(text)) return text.length;
  let width = 0;
  for (const character of text) width += characterWidth(character);
  return width;
}

/** The columns of one character. */
export function characterWidth(character: string): 0 | 1 | 2 {
  if (/^[\p{M}\p{Cf}\p{Cc}]$/u.test(character)) return 0;
  return wide.test(character) ? 2 : 1;
}

// East Asian wide and full-width forms, and pictographs.
const wide =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f680}-\u{1f6ff}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]$/u;
