/**
 * What is known of every drawn heart: the classes of its labels, or the unit of its numbers. The truth is that of the
 * drawing, before noise, fitting and readers.
 */
export const phantomAttributes = {
  condition: {
    doc: 'The shape of the heart',
    classes: ['normal', 'hypertrophic', 'dilated', 'mild'],
  },
  findings: {
    doc: 'What is found in the heart, several at once',
    classes: ['scar', 'thick_wall', 'wide_cavity'],
  },
  wall_thickness: { doc: 'Mean thickness of the wall in the slice', unit: 'mm' },
  cavity_diameter: { doc: 'Mean diameter of the cavity in the slice', unit: 'mm' },
  t1: { doc: 'T1 of the myocardium away from scars', unit: 'ms' },
} as const;

export type PhantomAttribute = keyof typeof phantomAttributes;
