/** A size of the paper's network. */
export interface Case {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly batch: number;
  /** The parameter `width` of the network: 16 in the paper. */
  readonly channels: number;
}

export const cases: readonly Case[] = [
  { name: '144×144, batch 8, width 8', height: 144, width: 144, batch: 8, channels: 8 },
  { name: '128×128, batch 4, width 16', height: 128, width: 128, batch: 4, channels: 16 },
  { name: '256×224, batch 8, width 16', height: 256, width: 224, batch: 8, channels: 16 },
];
