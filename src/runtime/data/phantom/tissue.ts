import type { Size } from '../../images/grid.ts';
import { type Anatomy, endocardium, sliceShape, wallThickness } from './anatomy.ts';
import type { Level } from './cohort.ts';

/** What a scanner would meet in one slice, pixel by pixel; all arrays are `[height, width]`. */
export interface Geometry extends Size {
  /** Millimetres between pixels. */
  readonly spacing: number;
  /** Position from the centre of the left ventricle, mm to the right and down. */
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Distance from that centre and angle in the heart's own orientation. */
  readonly radius: Float32Array;
  readonly angle: Float32Array;
  /** The endocardial radius without taper, and the wall, in the direction of each pixel. */
  readonly endocardium: Float32Array;
  readonly wall: Float32Array;
}

/** No image shows less than this, so that small ones have larger pixels instead of a part of the heart. */
const smallestView = 168;

/** Millimetres between the pixels of a subject's images. */
export function pixelSpacing(anatomy: Anatomy, { height, width }: Size): number {
  return Math.max(anatomy.spacing, smallestView / Math.min(height, width));
}

/** Works out where each pixel lies. */
export function layOut(anatomy: Anatomy, level: Level, size: Size): Geometry {
  const { height, width } = size;
  const pixels = height * width;
  const spacing = pixelSpacing(anatomy, size);
  const geometry: Geometry = {
    height,
    width,
    spacing,
    x: new Float32Array(pixels),
    y: new Float32Array(pixels),
    radius: new Float32Array(pixels),
    angle: new Float32Array(pixels),
    endocardium: new Float32Array(pixels),
    wall: new Float32Array(pixels),
  };
  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const x = ((pixel % width) - (width - 1) / 2) * spacing - anatomy.centre[0];
    const y = (Math.floor(pixel / width) - (height - 1) / 2) * spacing - anatomy.centre[1];
    const angle = Math.atan2(y, x) - anatomy.rotation;
    geometry.x[pixel] = x;
    geometry.y[pixel] = y;
    geometry.radius[pixel] = Math.hypot(x, y);
    geometry.angle[pixel] = angle;
    geometry.endocardium[pixel] = endocardium(anatomy, level, angle);
    geometry.wall[pixel] = wallThickness(anatomy, level, angle);
  }
  return geometry;
}

/** The myocardium as it is: the ring between the two contours, without papillary muscles. */
export function trueMask({ radius, endocardium: inner, wall }: Geometry): Uint8Array {
  return Uint8Array.from(radius, (distance, pixel) =>
    distance >= inner[pixel]! && distance < inner[pixel]! + wall[pixel]! ? 1 : 0,
  );
}

/** Longitudinal relaxation time in ms and signal at full recovery relative to blood, `[height, width]` each. */
export interface Tissue {
  readonly T1: Float32Array;
  readonly density: Float32Array;
}

/** T1 (ms) and proton density of what surrounds the heart. */
const surroundings = {
  air: [400, 0],
  muscle: [1050, 0.75],
  lung: [1100, 0.06],
  liver: [790, 0.8],
  fat: [350, 1.3],
  epicardialFat: [380, 1.1],
} as const;

const myocardiumDensity = 0.85;
const bloodDensity = 1;

/**
 * The tissue of a slice and of its neighbourhood within the slice's thickness: three maps whose signals are averaged,
 * since the wall is not perpendicular to the slice.
 */
export function drawTissue(anatomy: Anatomy, level: Level, geometry: Geometry): readonly Tissue[] {
  const { taper } = sliceShape[level];
  return [-taper, 0, taper].map((offset) => drawSheet(anatomy, level, geometry, offset));
}

function drawSheet(anatomy: Anatomy, level: Level, geometry: Geometry, taper: number): Tissue {
  const pixels = geometry.radius.length;
  const T1 = new Float32Array(pixels);
  const density = new Float32Array(pixels);
  const scale = sliceShape[level].radius;
  const mean = anatomy.radius * scale;
  const cosine = Math.cos(anatomy.rotation);
  const sine = Math.sin(anatomy.rotation);
  const papillary = papillaryMuscles(anatomy, level, mean);
  const rightVentricle = -(mean + anatomy.wall + 13);

  for (let pixel = 0; pixel < pixels; pixel += 1) {
    const x = geometry.x[pixel]!;
    const y = geometry.y[pixel]!;
    const radius = geometry.radius[pixel]!;
    const angle = geometry.angle[pixel]!;
    const wall = geometry.wall[pixel]!;
    const inner = (geometry.endocardium[pixel]! * (mean + taper)) / mean;
    const outer = inner + wall;

    let [time, signal]: readonly [number, number] = around(anatomy, x, y);
    if (radius >= outer) {
      const alongX = x * cosine + y * sine - rightVentricle;
      const alongY = -x * sine + y * cosine + 2;
      if (inEllipse(alongX, alongY, 26, 34 * scale)) {
        [time, signal] = [anatomy.bloodT1 + 30, bloodDensity];
      } else if (inEllipse(alongX, alongY, 29, 37 * scale)) {
        [time, signal] = [anatomy.myocardiumT1 + 20, myocardiumDensity];
      } else if (inEpicardialFat(anatomy, angle, radius - outer)) {
        [time, signal] = surroundings.epicardialFat;
      }
    } else if (radius >= inner) {
      [time, signal] = [myocardiumT1(anatomy, angle, (radius - inner) / wall), myocardiumDensity];
    } else if (papillary.some((muscle) => Math.hypot(x - muscle.x, y - muscle.y) < anatomy.papillaryRadius)) {
      [time, signal] = [anatomy.myocardiumT1 + anatomy.diffuseT1, myocardiumDensity];
    } else {
      [time, signal] = [anatomy.bloodT1, bloodDensity];
    }
    T1[pixel] = time;
    density[pixel] = signal;
  }
  return { T1, density };
}

/** The torso stays in place; lungs and liver lie around the heart. */
function around(anatomy: Anatomy, x: number, y: number): readonly [number, number] {
  const torsoX = x + anatomy.centre[0];
  const torsoY = y + anatomy.centre[1];
  if (!inEllipse(torsoX, torsoY, 118, 88)) return surroundings.air;
  if (!inEllipse(torsoX, torsoY, 106, 76)) return surroundings.fat;
  if (inEllipse(x + 40, y - 58, 60, 30)) return surroundings.liver;
  if (inEllipse(x - 58, y + 12, 42, 52) || inEllipse(x + 88, y + 8, 30, 52)) return surroundings.lung;
  return surroundings.muscle;
}

/** Myocardial T1 at an angle and a relative depth of the wall: 0 at the cavity, 1 outside. */
function myocardiumT1(anatomy: Anatomy, angle: number, depth: number): number {
  const base = anatomy.myocardiumT1 + anatomy.diffuseT1 + 12 * Math.sin(angle + anatomy.waveT1);
  if (anatomy.scar === null) return base;
  const turn = angle - anatomy.scar.angle;
  const apart = Math.atan2(Math.sin(turn), Math.cos(turn));
  return base + anatomy.scar.T1 * Math.exp(-((apart / 0.45) ** 2) - ((depth - 0.5) / 0.3) ** 2);
}

/** A layer of 0.5 to 4.5 mm on one side of the heart. */
function inEpicardialFat({ fat }: Anatomy, angle: number, beyond: number): boolean {
  return beyond < 2.5 + 2 * Math.cos(2 * angle + fat[0]) && Math.cos(angle - 1 + fat[1]) > -0.1;
}

function papillaryMuscles(
  anatomy: Anatomy,
  level: Level,
  mean: number,
): readonly { readonly x: number; readonly y: number }[] {
  if (level === 'base') return [];
  return [0.9, -1.2].map((angle) => ({
    x: 0.62 * mean * Math.cos(angle + anatomy.rotation),
    y: 0.62 * mean * Math.sin(angle + anatomy.rotation),
  }));
}

function inEllipse(x: number, y: number, halfWidth: number, halfHeight: number): boolean {
  return (x / halfWidth) ** 2 + (y / halfHeight) ** 2 < 1;
}
