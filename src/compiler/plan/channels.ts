import type { DataPlan } from './run-plan.ts';

/** `1 channel`, `2 channels`. */
export function channelWords(count: number): string {
  return `${count} ${count === 1 ? 'channel' : 'channels'}`;
}

type Channels = Pick<DataPlan, 'image' | 'channels' | 'neighbours'>;

/** How many channels one image of the files has, whether one file holds them or several. */
export function fileChannels({ image, channels }: Channels): number {
  return channels ?? image?.[2] ?? 1;
}

/** How many slices a network sees at once: the slice itself, and its neighbours on both sides. */
export function slicesSeen({ neighbours = 0 }: Channels): number {
  return 2 * neighbours + 1;
}

/**
 * How many channels a dataset gives a network: those of the lowest slice first, then those of the next, the slice itself in
 * the middle.
 */
export function inputChannels(data: Channels): number {
  return fileChannels(data) * slicesSeen(data);
}
