/** The words of a line as the program would get them: bash hands them over with their quotes. */
export function wordsOf(shell: string, words: readonly string[]): readonly string[] {
  return shell === 'bash' ? words.map(withoutQuotes) : words;
}

/** A word without quotes and backslashes; the last quote may still be open. */
function withoutQuotes(word: string): string {
  return word.replace(/'([^']*)'?|"((?:\\.|[^"\\])*)"?|\\(.)/g, (_, plain, quoted, escaped) =>
    plain !== undefined ? plain : (escaped ?? quoted.replace(/\\(["\\$`])/g, '$1')),
  );
}
