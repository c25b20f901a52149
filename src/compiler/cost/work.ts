/** The kinds of work that a compiled step consists of; each has a speed of its own. What it is, for people. */
export const workKinds = {
  convolution: 'convolutions of maps in blocks',
  filter_gradient: 'gradients of kernels, of maps in blocks',
  bordered_filter_gradient: 'gradients of kernels whose map is not widened beforehand',
  one_tap_filter_gradient: 'gradients of kernels of one tap across',
  standard_convolution: 'convolutions by standard operators',
  standard_filter_gradient: 'gradients of kernels by standard operators',
  grouped_convolution: 'grouped convolutions by standard operators',
  per_channel: 'a factor or a sum for each channel',
  matrix_product: 'products of matrices',
  pooling: 'pooling',
  pass: 'passes over a tensor, number by number',
  sum: 'sums over axes',
  transposition: 'transpositions of single numbers',
  block_move: 'transpositions of runs of numbers',
  gathering: 'short runs of numbers to other places',
  padding: 'zeros around maps',
  copy: 'joining and cutting tensors',
  reordering: 'maps into blocks and out of them',
  view: 'tensors under other sizes',
} as const;

export type WorkKind = keyof typeof workKinds;

export const workKindNames = Object.keys(workKinds) as readonly WorkKind[];

/** What one node of a compiled step does, batch included. */
export interface Work {
  readonly kind: WorkKind;
  /** Multiplications followed by an addition, in kernels and matrices. */
  readonly multiplyAdds: number;
  /** Numbers that are read and written. */
  readonly numbers: number;
}

/** How long a kind of work takes, in milliseconds. */
export interface Rate {
  /** Of each node, whatever it does. */
  readonly call: number;
  /** Of 10⁹ multiply-adds. */
  readonly multiplyAdds: number;
  /** Of 10⁹ numbers read or written. */
  readonly numbers: number;
}

/** How fast an engine computes on a machine. */
export interface Rates {
  /** Whether they were measured on this machine. */
  readonly measured: boolean;
  readonly threads: number;
  /** Channels in a block of the library's internal layout; null where it has none. */
  readonly block: number | null;
  readonly kinds: Readonly<Record<WorkKind, Rate>>;
  /** A step takes so many times what its nodes take when each is timed. */
  readonly whole: number;
  /** A step may take so many times as long, or as short, as is told. */
  readonly factor: number;
}

/** Milliseconds of some work. */
export function timeOf({ kinds }: Rates, { kind, multiplyAdds, numbers }: Work): number {
  const { call, multiplyAdds: perMultiplyAdd, numbers: perNumber } = kinds[kind];
  return call + (multiplyAdds * perMultiplyAdd + numbers * perNumber) / 1e9;
}

/** Milliseconds of all work of a list. */
export function timeOfAll(rates: Rates, works: readonly Work[]): number {
  return works.reduce((sum, work) => sum + timeOf(rates, work), 0);
}
