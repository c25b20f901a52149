import { line, type Span } from '../drawing/lines.ts';
import type { Theme } from '../theme/theme.ts';

/** A bar of exactly `width` characters with its percentage; `done` is from 0 to 1. */
export function progressBar(theme: Theme, done: number, width: number): string {
  const percentage = `${String(Math.floor(done * 100)).padStart(4)}%`;
  const length = Math.max(1, width - percentage.length);
  const full = Math.floor(Math.max(0, Math.min(1, done)) * length);
  const spans: Span[] = [['good', '━'.repeat(full)], ['quiet', '─'.repeat(length - full)], percentage];
  return line(theme, spans, width);
}
