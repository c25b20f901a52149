import type { AttributePlan, DataPlan, RunPlan } from '../../../compiler/index.ts';
import type { FileReference, ImageReference } from '../../images/files.ts';
import type { PhantomImage } from '../phantom/cohort.ts';
import { type AttributeValues, askedAttributes } from './attributes.ts';

/** One image of a dataset: who it is of, and how to get at it. Plain data, for threads too. */
export interface Case {
  readonly id: string;
  readonly patient: string;
  /** The name of its class; null where the data says none. */
  readonly class: string | null;
  /** What else is known of it; absent where the data name no attributes. */
  readonly attributes?: AttributeValues;
  /** The fold that the manifest assigns; null where the seed deals. */
  readonly fold: number | null;
  /** The folds in which it is validated on, where a run has recorded that; else the seed deals. */
  readonly validates?: readonly number[];
  /** Millimetres between pixels, down and across; null where unknown. */
  readonly spacing: readonly [number, number] | null;
  /** Where the slice lies in a heart; absent where nothing says. */
  readonly place?: SlicePlace;
  readonly source:
    | { readonly kind: 'files'; readonly image: ImageReference; readonly mask: FileReference | null }
    | { readonly kind: 'phantom'; readonly image: PhantomImage };
}

/** Where and when a slice was taken; null where the manifest does not say. */
export interface SlicePlace {
  /** `ED`, `ES`, or the number of the phase from 0. */
  readonly phase: string | null;
  /** Milliseconds after the R wave. */
  readonly trigger: number | null;
  /** Cubic millimetres. */
  readonly voxelVolume: number | null;
  /** How many millimetres to the front of the patient a millimetre down and a millimetre across lead. */
  readonly front: readonly [down: number, across: number] | null;
}

/** A dataset that was checked: its images, and the settings of the spec that say how to read them. */
export interface Dataset {
  readonly plan: DataPlan;
  readonly cases: readonly Case[];
}

/** What a run asks of its data. */
export interface DataNeeds {
  readonly masks: boolean;
  readonly labels: boolean;
  /** What heads predict beside masks and diagnoses. */
  readonly attributes: readonly AttributePlan[];
  /** Whether anything is trained; a manifest that is only looked at is held against no folds and no input size. */
  readonly training: boolean;
  /** `[height, width, channels]` of the network. */
  readonly input: readonly number[];
}

export function needsOf(plan: RunPlan): DataNeeds {
  return {
    masks: plan.heads.some(({ kind }) => kind === 'mask'),
    labels: plan.heads.some(({ kind, attribute }) => kind === 'label' && attribute === undefined),
    attributes: askedAttributes(plan),
    training: plan.heads.length > 0,
    input: plan.network.input.shape,
  };
}

/** The class that owns a label, or null. */
export function classOf(plan: DataPlan, label: string): string | null {
  return plan.classes.find(({ labels }) => labels.includes(label))?.name ?? null;
}
