/** JSON in which numbers that it lacks are the strings `"NaN"`, `"Infinity"` and `"-Infinity"`. */
export function numbersText(value: unknown): string {
  return JSON.stringify(value, writeNumber);
}

/** Reads what {@link numbersText} wrote; throws a SyntaxError for anything that is not JSON. */
export function parseNumbers(text: string): unknown {
  // Reviving every value takes many times as long as parsing, and few texts need it.
  return spelling.test(text) ? JSON.parse(text, readNumber) : JSON.parse(text);
}

const spelled: ReadonlyMap<unknown, number> = new Map(
  [NaN, Infinity, -Infinity].map((value) => [String(value), value]),
);

const spelling = /"(NaN|-?Infinity)"/;

function writeNumber(_key: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}

function readNumber(key: string, value: unknown): unknown {
  return key === 'message' ? value : (spelled.get(value) ?? value);
}
