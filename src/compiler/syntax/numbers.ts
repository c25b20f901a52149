/** The largest whole number that doubles hold exactly: networks are made of such numbers. */
export const mostWhole = BigInt(Number.MAX_SAFE_INTEGER);

/** How many digits a number may have, and how far its exponent may go: doubles end there. */
export const mostDigits = 300;

/** What numbers there are, for notes. */
export const numberRange = `whole numbers reach up to ${mostWhole}, others from 1e-${mostDigits} to 1e${mostDigits}`;

/** Whether digits as written, such as `40`, `0.003` or `1e-7`, are a number that can be computed with. */
export function isWritable(text: string): boolean {
  const [digits = '', exponent = '0'] = text.toLowerCase().split('e');
  if (digits.length > mostDigits || Math.abs(Number(exponent)) > mostDigits) return false;
  return !/^\d+$/.test(text) || BigInt(text) <= mostWhole;
}
