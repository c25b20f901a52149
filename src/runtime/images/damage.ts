/** A file that cannot be read, in words that follow "cannot be read:". */
export interface Damage {
  readonly damage: string;
  /** Whether the library that read it may hold the file open, since it was left by an exception. */
  readonly open?: boolean;
}

export function isDamage(result: object): result is Damage {
  return 'damage' in result;
}

/** No image, mask or array may have more values: what a small file claims to hold is refused before it is unpacked. */
export const maxValues = 2 ** 26;

/** No file may have more bytes. */
export const maxBytes = 2 ** 29;
