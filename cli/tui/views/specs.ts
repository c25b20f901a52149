import { formatShape } from '../../../src/compiler/index.ts';
import { clock, duration, storage } from '../../text/quantities.ts';
import { topOf } from '../drawing/cursor.ts';
import type { Area } from '../drawing/layout.ts';
import { chosenLine, filled, fitted, justified, line, type Span, wrapped } from '../drawing/lines.ts';
import type { Session } from '../session/session.ts';
import { summaryOf } from '../state/network.ts';
import type { CompiledSpec, SpecExperiment } from '../state/specs.ts';
import type { Role } from '../theme/colours.ts';
import type { Theme } from '../theme/theme.ts';

/** One spec: its mistakes as the file is saved, or what its experiments cost. */
export function specsView({ specs }: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const { path, files, compiled, cursor, scroll } = specs;
  if (path === null || compiled === null) {
    const text =
      path === null
        ? 'no spec here: start with a file, `cmrc tui FILE`, or make one with `cmrc init`'
        : `reading ${path}`;
    return filled(['', line(theme, [['quiet', ` ${text}`]], width)], width, height);
  }
  const at = files.indexOf(path) + 1;
  const top = justified(
    theme,
    [
      ' ',
      ['title', path],
      ['quiet', files.length > 1 ? `  ${at} of ${files.length}` : ''],
      '  ',
      verdict(compiled),
    ],
    [['quiet', `${clock(compiled.time)} in ${duration(compiled.milliseconds)} `]],
    width,
  );
  if (compiled.experiments.length === 0) {
    const shown = compiled.lines.slice(scroll, scroll + height - 1);
    const body = shown.map((text) => line(theme, [[lineRole(text), ` ${text}`]], width));
    return [top, ...filled(body, width, height - 1)];
  }
  const detailRows = Math.min(9, Math.max(4, Math.floor(height / 3)));
  const room = height - 3 - detailRows;
  const first = topOf(cursor, compiled.experiments.length, room);
  const rows = compiled.experiments.slice(first, first + room).map((one, index) => {
    const spans = experimentSpans(one, width, first + index === cursor);
    return first + index === cursor ? chosenLine(theme, spans, width) : line(theme, spans, width);
  });
  const chosen = compiled.experiments[cursor];
  return [
    top,
    line(theme, [['quiet', heading(width)]], width),
    ...filled(rows, width, room),
    line(theme, [' ', ['frame', '─'.repeat(Math.max(0, width - 2))]], width),
    ...filled(
      chosen === undefined ? [] : details(theme, chosen, compiled, width, detailRows),
      width,
      detailRows,
    ),
  ];
}

function verdict({ errors, warnings, experiments }: CompiledSpec): Span {
  if (errors > 0) return ['bad', `✗ ${errors} error${errors === 1 ? '' : 's'}`];
  const count = `${experiments.length} experiment${experiments.length === 1 ? '' : 's'}`;
  if (warnings > 0) return ['warning', `▲ ${count}, ${warnings} warning${warnings === 1 ? '' : 's'}`];
  return ['good', `✓ ${count}`];
}

/** What a line of a diagnostic is, by how it begins. */
function lineRole(text: string): Role {
  if (/^error/.test(text)) return 'bad';
  if (/^warning/.test(text)) return 'warning';
  if (/^(note|\s+= )/.test(text)) return 'key';
  return /^\s*(-->|\d* *\|)/.test(text) && !/\^/.test(text) ? 'quiet' : 'plain';
}

const nameWidth = (width: number) => Math.max(14, Math.min(34, width - 56));

function heading(width: number): string {
  return `   ${fitted('experiment', nameWidth(width))} ${fitted('weights', 9, 'right')} ${fitted('GMAC', 7, 'right')} ${fitted('memory', 8, 'right')} ${fitted('epochs', 6, 'right')} ${fitted('folds', 5, 'right')}  changes`;
}

function experimentSpans(
  { name, kind, parameters, multiplyAdds, trainingBytes, plan, overrides }: SpecExperiment,
  width: number,
  chosen: boolean,
): readonly Span[] {
  return [
    chosen ? ' › ' : '   ',
    fitted(kind === 'experiment' ? name : ` ${name}`, nameWidth(width)),
    ' ',
    fitted(parameters.toLocaleString('en'), 9, 'right'),
    ' ',
    fitted((multiplyAdds / 1e9).toFixed(2), 7, 'right'),
    ' ',
    fitted(storage(trainingBytes), 8, 'right'),
    ' ',
    fitted(String(plan.train.epochs), 6, 'right'),
    ' ',
    fitted(String(plan.evaluate.folds.count), 5, 'right'),
    ['quiet', `  ${overrides.join('; ')}`],
  ];
}

/** Input, heads and the shapes on the way of the chosen experiment; then warnings. */
function details(
  theme: Theme,
  { graph, plan }: SpecExperiment,
  { lines }: CompiledSpec,
  width: number,
  height: number,
): readonly string[] {
  const summary = summaryOf(graph);
  const shapes: string[] = [];
  for (const { shape } of summary.layers) {
    const text = formatShape(shape);
    if (text !== shapes.at(-1)) shapes.push(text);
  }
  const { optimizer, batch } = plan.train;
  const texts: Span[][] = [
    [
      ['title', ` ${summary.network}`],
      [
        'quiet',
        ` ${formatShape(summary.input.shape)} → ${summary.heads.map(({ name, shape }) => `${name} ${formatShape(shape)}`).join(', ')}`,
      ],
    ],
    [
      [
        'quiet',
        ` ${optimizer.kind} ${optimizer.lr}, batch ${batch}, training memory peaks at ${summary.memory.training_peak_at}`,
      ],
    ],
    ...wrapped(`shapes: ${shapes.join(' ')}`, width - 2).map((text): Span[] => [['quiet', ` ${text}`]]),
    ...lines.map((text): Span[] => [[lineRole(text), ` ${text}`]]),
  ];
  return texts.slice(0, height).map((spans) => line(theme, spans, width));
}

/** The experiments with their costs, for other programs. */
export function specsTable({ specs }: Session): readonly (readonly string[])[] {
  return [
    ['experiment', 'kind', 'parameters', 'multiply-adds', 'training bytes', 'epochs', 'folds', 'changes'],
    ...(specs.compiled?.experiments ?? []).map((one) => [
      one.name,
      one.kind,
      String(one.parameters),
      String(one.multiplyAdds),
      String(one.trainingBytes),
      String(one.plan.train.epochs),
      String(one.plan.evaluate.folds.count),
      one.overrides.join('; '),
    ]),
  ];
}
