import type { ReactNode } from 'react';
import { line } from '../theme.ts';
import { frame } from '../widgets/frame.ts';
import { Lines, logLine, type ViewProps } from './run.tsx';

/** The whole log, newest line last, scrolled back by `state.scroll` lines. */
export function LogView({ state, layout, theme }: ViewProps): ReactNode {
  const { log } = state.progress;
  const height = layout.rows - 2;
  const shown = height - 2;
  const end = Math.max(Math.min(shown, log.length), log.length - state.scroll);
  const width = layout.columns - 2;
  const lines = log.slice(Math.max(0, end - shown), end).map((event) => logLine(theme, event, width));
  const content = lines.length > 0 ? lines : [line(theme, [['quiet', ' nothing yet']], width)];
  const title = `log, ${end} of ${log.length}`;
  return <Lines lines={frame(theme, [['title', title]], content, layout.columns, height)} />;
}
