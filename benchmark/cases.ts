/** A size of the paper's network. */
export interface Case {
  readonly height: number;
  readonly width: number;
  readonly batch: number;
  /** The parameter `width` of the network: 16 in the paper. */
  readonly channels: number;
  /** Convolutions in the serial stack of every feature pyramid: 3 in the paper. */
  readonly serial: number;
}

/** What is measured unless other sizes are asked for: a small case, and the paper's. */
export const usualCases: readonly Case[] = [
  { height: 128, width: 128, batch: 4, channels: 16, serial: 3 },
  { height: 256, width: 224, batch: 8, channels: 16, serial: 3 },
];

/** Square images from 64 to 512 pixels at batch 2, batches of 1 to 32 at 64 pixels, longer serial stacks: does cost grow as they do? */
export const scalingCases: readonly Case[] = [
  ...[64, 128, 256, 512].map((size) => ({ height: size, width: size, batch: 2, channels: 16, serial: 3 })),
  ...[1, 4, 8, 16, 32].map((batch) => ({ height: 64, width: 64, batch, channels: 16, serial: 3 })),
  ...[6, 12, 24].map((serial) => ({ height: 64, width: 64, batch: 4, channels: 16, serial })),
];

/** `256x224x8`, `256x224x8x16` or `256x224x8x16x3`: height, width, batch, channels, serial; null when the text is no such thing. */
export function parseCase(text: string): Case | null {
  const numbers = text.split('x').map(Number);
  if (numbers.length < 3 || numbers.length > 5) return null;
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) return null;
  const [height, width, batch, channels = 16, serial = 3] = numbers as [
    number,
    number,
    number,
    number?,
    number?,
  ];
  if (height % 16 !== 0 || width % 16 !== 0) return null;
  return { height, width, batch, channels, serial };
}

export function nameOf({ height, width, batch, channels, serial }: Case): string {
  const stacks = serial === 3 ? '' : `, serial stacks of ${serial}`;
  return `${height}×${width}, batch ${batch}, width ${channels}${stacks}`;
}
