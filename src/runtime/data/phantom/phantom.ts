import type { Size } from '../../images/grid.ts';
import { acquire, drawAcquisition } from './acquisition.ts';
import { type Anatomy, drawAnatomy } from './anatomy.ts';
import { type PhantomImage, type PhantomSource, presets, subjectStream } from './cohort.ts';
import { fitT1 } from './fit.ts';
import { drawReading, readMask } from './reader.ts';
import { drawTissue, layOut, trueMask } from './tissue.ts';

/** Changes whenever the same parameters would draw another image, so that no cache gives an old one. */
export const phantomVersion = 1;

/** A drawn image, `[height, width]` throughout. */
export interface PhantomPicture extends Size {
  /** The T1 map, ms. */
  readonly T1: Float32Array;
  /** What a reader drew: the mask that networks learn. */
  readonly mask: Uint8Array;
  /** What a second reader drew of the same image. */
  readonly secondMask: Uint8Array;
  /** The myocardium as it is. */
  readonly trueMask: Uint8Array;
  readonly anatomy: Anatomy;
  /** Millimetres between pixels. */
  readonly spacing: number;
}

/**
 * Draws a short-axis native T1 map at 3 T: simulates a MOLLI series of a drawn heart and fits it. The picture is a function
 * of seed, difficulty, size, subject and slice alone.
 */
export function drawPhantom(source: PhantomSource, image: PhantomImage): PhantomPicture {
  const { seed, difficulty } = source;
  const { diagnosis, subject, level } = image;
  const preset = presets[difficulty];
  const of = (purpose: string) => subjectStream(seed, diagnosis, subject, purpose);
  const anatomy = drawAnatomy(of('anatomy'), diagnosis, preset);
  const geometry = layOut(anatomy, level, { height: source.size[0], width: source.size[1] });
  const acquisition = drawAcquisition(of(`acquisition ${level}`), preset);
  const series = acquire(drawTissue(anatomy, level, geometry), geometry, acquisition, of(`noise ${level}`));
  const reading = (reader: string) => drawReading(of(reader), of(`${reader} ${level}`), preset);
  return {
    height: geometry.height,
    width: geometry.width,
    T1: fitT1(series, acquisition.times),
    mask: readMask(geometry, reading('first reader')),
    secondMask: readMask(geometry, reading('second reader')),
    trueMask: trueMask(geometry),
    anatomy,
    spacing: geometry.spacing,
  };
}
