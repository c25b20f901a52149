import type { RunsInsight } from '../../../src/runtime/index.ts';

/** What was worked out about runs side by side, and about which. */
export interface Insight {
  readonly key: string;
  /** Null where it could not be worked out. */
  readonly found: RunsInsight | null;
  readonly problem: string | null;
}

/** What tells one choice of runs from another. */
export function insightKey(folders: readonly string[]): string {
  return folders.join('\n');
}
