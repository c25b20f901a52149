/** A word that may stand at the cursor, and what it is. One that ends with `/` or `=` goes on. */
export interface Candidate {
  readonly value: string;
  readonly description: string;
  /** Whether it is a file or a folder, whose name a shell may have to quote. */
  readonly isPath?: boolean;
}
