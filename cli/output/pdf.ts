import { once } from 'node:events';

/** A drawing as one page of PDF of its own size, in lines and text, with the fonts that every PDF reader has. */
export async function pdfOf(svg: string): Promise<Uint8Array> {
  const [width, height] = svg
    .match(/viewBox="0 0 ([\d.]+) ([\d.]+)"/)!
    .slice(1)
    .map(Number) as [number, number];
  const { default: PDFDocument } = await import('pdfkit');
  const { default: drawSvg } = await import('svg-to-pdfkit');
  // A date of its own would make every file differ.
  const document = new PDFDocument({ size: [width, height], margin: 0, info: { CreationDate: new Date(0) } });
  const chunks: Uint8Array[] = [];
  document.on('data', (chunk: Uint8Array) => chunks.push(chunk));
  const ended = once(document, 'end');
  drawSvg(document, svg, 0, 0, { width, height, assumePt: true });
  document.end();
  await ended;
  return Buffer.concat(chunks);
}
