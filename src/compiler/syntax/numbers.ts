/** The largest whole number that doubles hold exactly: networks are made of such numbers. */
export const maxWholeNumber = BigInt(Number.MAX_SAFE_INTEGER);

/** How many digits a number may have, and how far its exponent may go: doubles end there. */
export const maxDigits = 300;

/** What numbers there are, for notes. */
export const numberRange = `whole numbers reach up to ${maxWholeNumber}, others from 1e-${maxDigits} to 1e${maxDigits}`;

/** Whether digits as written, such as `40`, `0.003` or `1e-7`, are a number that can be computed with. */
export function isWritable(text: string): boolean {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e');
  if (digits.length > maxDigits || Math.abs(Number(exponent)) > maxDigits) return false;
  return !/^\d+$/.test(text) || BigInt(text) <= maxWholeNumber;
}
