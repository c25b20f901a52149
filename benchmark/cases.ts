/** The networks that are measured, by what a case calls them, and the experiments of `networks.cmrnet` that train them. */
export const caseNetworks = { paper: 'PaperNetwork', recipe: 'StrongRecipe', 'u-net': 'PlainUNet' } as const;

/** A network and its size. */
export interface Case {
  readonly network: keyof typeof caseNetworks;
  readonly height: number;
  readonly width: number;
  readonly batch: number;
  /** The parameter `width` of the network: 16 in the paper and in the recipe. */
  readonly channels: number;
  /** Convolutions in the serial stack of every feature pyramid of the paper's network: 3 in the paper. */
  readonly serial: number;
}

const paper = { network: 'paper', channels: 16, serial: 3 } as const;

/** What is measured unless other sizes are asked for: a small case, the paper's, and a U-Net as it is trained today. */
export const usualCases: readonly Case[] = [
  { ...paper, height: 128, width: 128, batch: 4 },
  { ...paper, height: 256, width: 224, batch: 8 },
  { ...paper, network: 'recipe', height: 128, width: 128, batch: 8 },
];

/** Square images from 64 to 512 pixels at batch 2, batches of 1 to 32 at 64 pixels, longer serial stacks: does cost grow as they do? */
export const scalingCases: readonly Case[] = [
  ...[64, 128, 256, 512].map((size) => ({ ...paper, height: size, width: size, batch: 2 })),
  ...[1, 4, 8, 16, 32].map((batch) => ({ ...paper, height: 64, width: 64, batch })),
  ...[6, 12, 24].map((serial) => ({ ...paper, height: 64, width: 64, batch: 4, serial })),
];

/**
 * `256x224x8`, `256x224x8x16` or `256x224x8x16x3`: height, width, batch, channels, serial, of the paper's network or of the
 * one that stands before a colon, `recipe:128x128x8`; null when the text is no such thing.
 */
export function parseCase(text: string): Case | null {
  const [before, after] = text.split(':') as [string, string?];
  const network = after === undefined ? 'paper' : before;
  const numbers = (after ?? before).split('x').map(Number);
  if (!isNetwork(network) || numbers.length < 3 || numbers.length > 5) return null;
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) return null;
  const [height, width, batch, channels = 16, serial = 3] = numbers as [
    number,
    number,
    number,
    number?,
    number?,
  ];
  if (height % 16 !== 0 || width % 16 !== 0) return null;
  return { network, height, width, batch, channels, serial };
}

function isNetwork(name: string): name is Case['network'] {
  return Object.hasOwn(caseNetworks, name);
}

export function nameOf({ network, height, width, batch, channels, serial }: Case): string {
  const stacks = serial === 3 ? '' : `, serial stacks of ${serial}`;
  const name = network === 'paper' ? '' : `${network}, `;
  return `${name}${height}×${width}, batch ${batch}, width ${channels}${stacks}`;
}
