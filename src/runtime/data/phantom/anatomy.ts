import type { Random } from '../../random/random.ts';
import type { Condition, Diagnosis, Level, Preset } from './cohort.ts';

/**
 * The heart of a subject in short-axis view. Lengths are in mm, angles in radians from the centre of the left ventricle,
 * clockwise from the image's right; T1 in ms as a 3 T MOLLI sequence shows it.
 */
export interface Anatomy {
  readonly condition: Condition;
  /** Pixel spacing, mm. */
  readonly spacing: number;
  /** Position of the ventricle's centre from the image's centre, right and down. */
  readonly centre: readonly [number, number];
  readonly rotation: number;
  /** Mean endocardial radius and mean wall. */
  readonly radius: number;
  readonly wall: number;
  /** What hypertrophy adds to the wall at the septum. */
  readonly septum: number;
  readonly endocardium: readonly Harmonic[];
  readonly thickness: readonly Harmonic[];
  readonly papillaryRadius: number;
  /** Phases of the epicardial fat: of its thickness and of where it lies. */
  readonly fat: readonly [number, number];
  readonly myocardiumT1: number;
  /** What disease adds everywhere. */
  readonly diffuseT1: number;
  /** Phase of the slow change of T1 around the ring. */
  readonly waveT1: number;
  readonly bloodT1: number;
  readonly scar: Scar | null;
}

/** One term of a contour: relative amplitudes of cos(order·θ) and sin(order·θ). */
export interface Harmonic {
  readonly order: number;
  readonly cosine: number;
  readonly sine: number;
}

/** Focal fibrosis in the middle of the wall. */
interface Scar {
  readonly angle: number;
  /** What it adds to T1 at its centre. */
  readonly T1: number;
}

/** The middle of the septum, towards the right ventricle. */
const septumAngle = (165 / 180) * Math.PI;

/** Geometry and tissue by condition; paper section 4.1 gives none, so normal values of 3 T cardiac MR are taken. */
const conditions: Readonly<
  Record<
    Condition,
    {
      readonly radius: readonly [number, number];
      readonly wall: readonly [number, number];
      readonly diffuse: readonly [number, number];
      readonly scarred: number;
    }
  >
> = {
  normal: { radius: [23.5, 2], wall: [8, 1], diffuse: [0, 0], scarred: 0 },
  hypertrophic: { radius: [21, 2.2], wall: [10.8, 1.3], diffuse: [80, 40], scarred: 0.6 },
  dilated: { radius: [33, 3.2], wall: [7.2, 1], diffuse: [100, 42], scarred: 0.4 },
  mild: { radius: [23.5, 2], wall: [8.8, 1.2], diffuse: [75, 35], scarred: 0.3 },
};

/** Some healthy people have thick walls: athletes, hypertension. */
const thickHealthy = { share: 0.05, wall: [10.3, 1] } as const;

/** How radius and wall change from slice to slice, and how much the radius varies within one slice's thickness. */
export const sliceShape: Readonly<
  Record<Level, { readonly radius: number; readonly wall: number; readonly taper: number }>
> = {
  base: { radius: 1.03, wall: 1.05, taper: 1.2 },
  mid: { radius: 0.95, wall: 1, taper: 2 },
  apex: { radius: 0.68, wall: 0.9, taper: 3.5 },
};

/** Draws a subject's heart. */
export function drawAnatomy(random: Random, diagnosis: Diagnosis, preset: Preset): Anatomy {
  const sick = Object.keys(preset.mix) as (keyof Preset['mix'])[];
  const condition: Condition = random.choice(
    sick,
    sick.map((name) => preset.mix[name]),
  );
  const drawn = diagnosis === 'healthy' ? 'normal' : condition;
  const table = conditions[drawn];
  const thick = drawn === 'normal' && random.chance(thickHealthy.share);
  const wall = random.normal(...(thick ? thickHealthy.wall : table.wall));
  return {
    condition: drawn,
    spacing: random.uniform(1.172, 1.406),
    centre: [random.normal(0, 12), random.normal(0, 12)],
    rotation: random.normal(0, 0.25),
    radius: random.normal(...table.radius),
    wall: clip(wall, drawn === 'normal' ? 5.5 : 5, drawn === 'normal' ? 13 : 14),
    septum: drawn === 'hypertrophic' ? random.uniform(4, 12) : 0,
    endocardium: harmonics(random, 0.018, { 2: 1, 3: 0.7, 4: 0.5 }),
    thickness: harmonics(random, 0.06, { 1: 1, 2: 1, 3: 0.5 }),
    papillaryRadius: random.normal(3.2, 0.4),
    fat: [random.normal(), random.normal()],
    myocardiumT1: random.normal(1195, 32),
    diffuseT1: preset.contrast * random.normal(...table.diffuse),
    waveT1: random.uniform(0, 2 * Math.PI),
    bloodT1: random.normal(1850, 90),
    scar: random.chance(table.scarred)
      ? {
          angle: septumAngle + random.normal(0, 0.5),
          T1: preset.contrast * (90 + 70 * Math.abs(random.normal())),
        }
      : null,
  };
}

function harmonics(
  random: Random,
  size: number,
  weights: Readonly<Record<number, number>>,
): readonly Harmonic[] {
  return Object.entries(weights).map(([order, weight]) => ({
    order: Number(order),
    cosine: random.normal(0, size * weight),
    sine: random.normal(0, size * weight),
  }));
}

/** The value of a sum of harmonics at an angle. */
export function series(terms: readonly Harmonic[], angle: number): number {
  let sum = 0;
  for (const { order, cosine, sine } of terms) {
    sum += cosine * Math.cos(order * angle) + sine * Math.sin(order * angle);
  }
  return sum;
}

/** The endocardial radius at an angle of the heart, mm; `taper` is a part of the slice nearer to base or apex. */
export function endocardium(anatomy: Anatomy, level: Level, angle: number, taper = 0): number {
  return (anatomy.radius * sliceShape[level].radius + taper) * (1 + series(anatomy.endocardium, angle));
}

/** The wall at an angle of the heart, mm. */
export function wallThickness(anatomy: Anatomy, level: Level, angle: number): number {
  const mean = anatomy.wall * sliceShape[level].wall * (1 + series(anatomy.thickness, angle));
  const bump = anatomy.septum * Math.exp(2.2 * (Math.cos(angle - septumAngle) - 1));
  return clip(mean + bump, 3.5, 30);
}

export function clip(value: number, low: number, high: number): number {
  return Math.min(Math.max(value, low), high);
}
