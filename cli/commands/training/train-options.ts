export interface TrainOptions {
  readonly format: 'text' | 'json';
  readonly experiment?: string;
  readonly fold?: number;
  readonly epochs?: number;
  /** Patients of a quick trial. */
  readonly limit?: number;
  readonly set?: readonly string[];
  readonly run?: string;
  readonly resume?: string;
  readonly backend?: string;
  readonly acceptData?: boolean;
  readonly plain?: boolean;
  readonly detach?: boolean;
}
