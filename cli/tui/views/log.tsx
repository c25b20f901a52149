import type { ReactNode } from 'react';
import type { LogEvent } from '../../../src/runtime/index.ts';
import { eventText } from '../../event-text.ts';
import { clock } from '../../quantities.ts';
import { clean, line, type Theme } from '../theme.ts';
import { frame } from '../widgets/frame.ts';
import { eventRole, Lines, type ViewProps } from './run.tsx';

/** The whole log, newest entry last, scrolled back by `state.scroll` entries. Long entries take several lines. */
export function LogView({ state, layout, theme }: ViewProps): ReactNode {
  const { log } = state.progress;
  const height = layout.rows - 2;
  const shown = height - 2;
  const width = layout.columns - 2;
  const end = Math.max(1, log.length - state.scroll);
  const lines = log
    .slice(Math.max(0, end - shown), end)
    .flatMap((event) => entry(theme, event, state.run.metrics, width))
    .slice(-shown);
  const content = lines.length > 0 ? lines : [line(theme, [['quiet', ' nothing yet']], width)];
  const title = `log, ${Math.min(end, log.length)} of ${log.length}`;
  return <Lines lines={frame(theme, [['title', title]], content, layout.columns, height)} />;
}

const indent = ' '.repeat(10);

function entry(theme: Theme, event: LogEvent, metrics: readonly string[], width: number): readonly string[] {
  return wrapped(clean(eventText(event, metrics)), width - indent.length - 1).map((text, index) => {
    const start = index === 0 ? ` ${clock(event.time)} ` : indent;
    return line(
      theme,
      [
        ['quiet', start],
        [eventRole(event), text],
      ],
      width,
    );
  });
}

/** Text in lines of at most `width` characters, broken at spaces where there are any. */
function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let rest = text;
  while (rest.length > width) {
    const space = rest.lastIndexOf(' ', width);
    const end = space > width / 2 ? space : width;
    lines.push(rest.slice(0, end));
    rest = rest.slice(end).trimStart();
  }
  return [...lines, rest];
}
