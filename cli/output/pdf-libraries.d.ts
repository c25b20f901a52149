declare module 'pdfkit' {
  import type { EventEmitter } from 'node:events';

  export default class PDFDocument extends EventEmitter {
    constructor(options: {
      readonly size: readonly [number, number];
      readonly margin: number;
      readonly info: { readonly CreationDate: Date };
    });
    end(): void;
  }
}

declare module 'svg-to-pdfkit' {
  import type PDFDocument from 'pdfkit';

  export default function drawSvg(
    document: PDFDocument,
    svg: string,
    x: number,
    y: number,
    options: { readonly width: number; readonly height: number; readonly assumePt: boolean },
  ): void;
}
