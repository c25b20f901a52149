/**
 * A text as a terminal, a log or a page may get it: names, labels, paths and notes come from files, and a file can hold
 * sequences that move the cursor, rename the window, hide what follows or turn its order around. Sequences are left out,
 * other control characters become `\uFFFD`; line breaks and tabs stay.
 * @param options.coloured keeps the colours that cmrnet itself writes
 */
export function cleanText(text: string, options: { readonly coloured?: boolean } = {}): string {
  // Nearly every text is clean already.
  if (!unclean.test(text)) return text;
  if (options.coloured !== true) return cleaned(text);
  return text
    .split(ownColours)
    .map((part, index) => (index % 2 === 1 ? part : cleaned(part)))
    .join('');
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return cleanText(text).replace(/[\n\t]/g, ' ');
}

/** JSON in which no character is left that a terminal would act on; the values are the same. */
export function cleanJson(json: string): string {
  return json.replace(
    uncleanInJson,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function cleaned(text: string): string {
  return text.replace(sequence, '').replace(everyUnclean, '\ufffd');
}

/** Control characters but line breaks and tabs, and those that turn the order of what follows around. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const unclean = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
const everyUnclean = new RegExp(unclean, 'g');
const uncleanInJson = /[\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g;

/** Control sequences, strings for the terminal such as titles and links up to their end, and short escapes. */
const sequence =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
  /(?:\u001b\[|\u009b)[0-?]*[ -/]*[@-~]|(?:\u001b[\]PX^_]|[\u0090\u0098\u009d-\u009f])[^\u0007\u001b\u009c]*(?:\u0007|\u001b\\|\u009c)?|\u001b[ -/]*[0-~]/g;

/** What diagnostics and help are coloured with. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are kept
const ownColours = /(\u001b\[(?:0|1|34|1;3[1236])m)/;
