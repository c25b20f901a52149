/** How a mask is drawn over the image: coloured, in letters that need no colour, or not at all. */
export type Overlay = 'colours' | 'letters' | 'none';

export const nextOverlay: Readonly<Record<Overlay, Overlay>> = {
  colours: 'letters',
  letters: 'none',
  none: 'colours',
};
