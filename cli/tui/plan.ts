/** The trials of a spec, and what they are going to take. */
export interface PlanState {
  readonly spec: string | null;
  readonly working: boolean;
  readonly problem: string | null;
  readonly studies: readonly string[];
  readonly trials: readonly PlannedTrial[];
  /** What they take together, one after another. */
  readonly milliseconds: number;
  readonly bytes: number;
  /** Bytes that there are. */
  readonly limit: number;
  readonly cursor: number;
}

export interface PlannedTrial {
  readonly members: string;
  readonly seed: number;
  readonly fold: number;
  readonly state: string;
  readonly epochs: number;
  readonly allEpochs: number;
  readonly milliseconds: number;
  readonly bytes: number;
  readonly basis: string;
  readonly folder: string;
}

export const noPlan: PlanState = {
  spec: null,
  working: false,
  problem: null,
  studies: [],
  trials: [],
  milliseconds: 0,
  bytes: 0,
  limit: 0,
  cursor: 0,
};
