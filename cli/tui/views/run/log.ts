import type { LogEvent } from '../../../../src/runtime/index.ts';
import { eventText } from '../../../text/event.ts';
import { shownMetrics } from '../../../text/metric-names.ts';
import { clock } from '../../../text/quantities.ts';
import type { Area, RunLayout } from '../../drawing/layout.ts';
import { line, listed, type Span, wrapped } from '../../drawing/lines.ts';
import type { RunState } from '../../state/run.ts';
import type { Role } from '../../theme/colours.ts';
import type { Theme } from '../../theme/theme.ts';
import { frame } from '../../widgets/frame.ts';

export function logLines(theme: Theme, run: RunState, { logRows, width }: RunLayout): readonly string[] {
  const rule = line(theme, [' ', ['frame', '─'.repeat(Math.max(0, width - 2))]], width);
  const entries = run.progress.log
    .filter(({ type }) => type !== 'checkpoint' && type !== 'kept')
    .slice(-logRows);
  return [
    rule,
    ...Array.from({ length: logRows }, (_, index) => {
      const event = entries[index];
      if (event === undefined) return ' '.repeat(width);
      const time = clock(event.time);
      const all = eventText(event, shownMetrics(run.brief), run.brief.units);
      const text: Span = [eventRole(event), listed(all, width - time.length - 2)];
      return line(theme, [' ', ['quiet', time], ' ', text], width);
    }),
  ];
}

/** Failures, notices and what people did stand out of the log. */
function eventRole(event: LogEvent): Role {
  if (event.type === 'failed') return 'bad';
  return event.type === 'notice' || event.type === 'changed' || event.type === 'paused' ? 'warning' : 'plain';
}

/** The whole log, newest entry last, scrolled back by `run.scroll` entries. Long entries take several lines. */
export function logPanel(theme: Theme, run: RunState, { width: columns, height }: Area): readonly string[] {
  const { log } = run.progress;
  const shown = height - 2;
  const width = columns - 2;
  const end = Math.max(1, log.length - run.scroll);
  const lines = log
    .slice(Math.max(0, end - shown), end)
    .flatMap((event) => logEntry(theme, event, run.brief, width))
    .slice(-shown);
  const content = lines.length > 0 ? lines : [line(theme, [['quiet', ' nothing yet']], width)];
  const title = `log, ${Math.min(end, log.length)} of ${log.length}`;
  return frame(theme, [['title', title]], content, columns, height);
}

const indent = ' '.repeat(10);

function logEntry(theme: Theme, event: LogEvent, brief: RunState['brief'], width: number): readonly string[] {
  return wrapped(eventText(event, shownMetrics(brief), brief.units), width - indent.length - 1).map(
    (text, index) =>
      line(
        theme,
        [
          ['quiet', index === 0 ? ` ${clock(event.time)} ` : indent],
          [eventRole(event), text],
        ],
        width,
      ),
  );
}
