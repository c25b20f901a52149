/** Transfer syntaxes that a file without a header can be told to have by its first elements. */
const implicitLittle = '1.2.840.10008.1.2';
const explicitLittle = '1.2.840.10008.1.2.1';
const explicitBig = '1.2.840.10008.1.2.2';

/** Kinds of values that an element's third pair of bytes names in the explicit syntaxes. */
const kinds = /^(?:AE|AS|AT|CS|DA|DS|DT|FD|FL|IS|LO|LT|OB|OD|OF|OW|PN|SH|SL|SQ|SS|ST|TM|UI|UL|UN|US|UT)$/;

/**
 * A file that begins with its elements, without 128 bytes and `DICM` before them: how these are written. Null for what is
 * no DICOM file. Such files come from sockets and from old archives.
 */
export function headerless(
  bytes: Uint8Array,
): { readonly meta: boolean; readonly transferSyntax: string } | null {
  if (bytes.length < 16) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const explicit = kinds.test(String.fromCharCode(bytes[4]!, bytes[5]!));
  if (view.getUint16(0, true) === 2 && explicit && view.getUint16(2, true) <= 0x10) {
    return { meta: true, transferSyntax: explicitLittle };
  }
  if (view.getUint16(0, true) === 8 && view.getUint16(2, true) <= 0x18) {
    if (explicit) return { meta: false, transferSyntax: explicitLittle };
    // Implicit lengths are of four bytes, and those of a first element are small.
    return view.getUint32(4, true) <= 256 ? { meta: false, transferSyntax: implicitLittle } : null;
  }
  if (explicit && view.getUint16(0, false) === 8 && view.getUint16(2, false) <= 0x18) {
    return { meta: false, transferSyntax: explicitBig };
  }
  return null;
}

/** The same file with a header, as a parser wants it. */
export function withHeader(bytes: Uint8Array): Uint8Array {
  const found = headerless(bytes);
  if (found === null) return bytes;
  const header = Buffer.alloc(132);
  header.write('DICM', 128);
  if (found.meta) return Buffer.concat([header, bytes]);
  const text = Buffer.from(found.transferSyntax.padEnd(Math.ceil(found.transferSyntax.length / 2) * 2, '\0'));
  const element = Buffer.from([0x02, 0, 0x10, 0, 0x55, 0x49, text.length, 0]);
  return Buffer.concat([header, element, text, bytes]);
}
