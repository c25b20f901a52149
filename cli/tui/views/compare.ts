import type { CatalogueRun, Comparison } from '../../../src/runtime/index.ts';
import { shortNames } from '../../metric-names.ts';
import { number } from '../../quantities.ts';
import { comparedRuns } from '../keys/go.ts';
import type { Area } from '../layout.ts';
import { filled, fitted, line, type Span, wrapped } from '../lines.ts';
import { foldsOf, meanByEpoch } from '../run-figures.ts';
import { type CompareState, comparePanels, type Session } from '../session.ts';
import { seriesMarks, seriesRole, type Theme } from '../theme.ts';
import { chart } from '../widgets/chart.ts';

type Draw = (session: Session, theme: Theme, area: Area) => readonly string[];

/** Runs side by side: one part at a time, so that each has the whole screen. */
export const compareView: Draw = (session, theme, { width, height }) => {
  const { compare } = session;
  const tabs = comparePanels.flatMap((name): Span[] => [
    [name === compare.panel ? 'here' : 'quiet', ` ${name} `],
  ]);
  const runs = comparedRuns(session);
  const area = { width, height: height - 1 };
  const body =
    runs.length === 0
      ? ['', line(theme, [['quiet', ' mark runs in the table (1) with space, then press c']], width)]
      : panels[compare.panel](session, theme, area);
  return [line(theme, tabs, width), ...filled(body, width, area.height)];
};

const panels: Readonly<Record<CompareState['panel'], Draw>> = {
  curves: curvesPanel,
  table: fromInsight(tablePanel),
  tests: fromInsight(testsPanel),
  spec: fromInsight(specPanel),
  folds: fromInsight(foldsPanel),
  confusion: fromInsight(confusionPanel),
  roc: fromInsight(rocPanel),
  worst: fromInsight(worstPanel),
};

type Found = NonNullable<NonNullable<CompareState['insight']>['found']>;

/** A panel that shows what was worked out, once it was. */
function fromInsight(
  draw: (session: Session, found: Found, theme: Theme, area: Area) => readonly string[],
): Draw {
  return (session, theme, area) => {
    const { insight, working } = session.compare;
    if (insight?.found) return draw(session, insight.found, theme, area);
    const text =
      working !== null
        ? 'comparing held-out images; intervals take a moment'
        : (insight?.problem ?? 'nothing to compare yet');
    return ['', line(theme, [['quiet', ` ${text}`]], area.width)];
  };
}

/** Groups of runs that differ by their seed alone, in the order of the rows. */
function groupsOf(runs: readonly CatalogueRun[]): readonly (readonly CatalogueRun[])[] {
  const groups = new Map<string, CatalogueRun[]>();
  for (const run of runs) {
    const key = run.brief.byHand > 0 ? run.folder : run.brief.family;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()];
}

function curvesPanel(session: Session, theme: Theme, { width, height }: Area): readonly string[] {
  const groups = groupsOf(comparedRuns(session));
  const metrics = ['loss', ...new Set(groups.flatMap(([first]) => first!.brief.metrics))];
  const metric = metrics[session.compare.metric % metrics.length]!;
  const legendRows = Math.min(groups.length, Math.max(2, Math.floor(height / 4)));
  const series = groups.map((group, index) => ({
    role: seriesRole(index),
    points: meanByEpoch(group.flatMap(foldsOf), (epoch) =>
      metric === 'loss' ? epoch.loss : epoch.heldOut[metric],
    ),
    joined: true,
    mark: groups.length > 1 ? seriesMarks[index % 8]! : null,
  }));
  const to = Math.max(1, ...groups.flatMap((group) => group.map(({ brief }) => brief.epochs)));
  const legend = groups.slice(0, legendRows).map((group, index) => {
    const last = series[index]!.points.at(-1)?.y;
    const first = group[0]!.brief;
    const changes = first.overrides.join('; ');
    return line(
      theme,
      [
        [seriesRole(index), ` ${seriesMarks[index % 8]} `],
        fitted(first.experiment, Math.min(28, Math.floor(width / 3))),
        ['title', ` ${number(last ?? null).padStart(7)} `],
        ['quiet', `${group.length > 1 ? `${group.length} seeds ` : ''}${changes}`],
      ],
      width,
    );
  });
  const title: Span[] = [
    ['title', ` ${metric === 'loss' ? 'training loss' : metric}`],
    ['quiet', ', mean over folds and seeds'],
  ];
  return [
    line(theme, title, width),
    ...chart(
      theme,
      { series, reference: null, x: { from: 0, to, label: 'epoch' } },
      width,
      height - 1 - legendRows,
    ),
    ...legend,
  ];
}

function shown(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined) return '–';
  return (unit === '1' ? 100 * value : value).toFixed(unit === '1' ? 1 : 2);
}

function tablePanel(
  session: Session,
  { comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const { columns, rows, notes } = comparison;
  const short = shortNames(columns.map(({ path }) => path));
  const nameWidth = Math.min(24, Math.max(8, ...rows.map(({ label }) => label.length)));
  const room = Math.max(1, Math.floor((width - nameWidth - 4) / cellWidth));
  const first = Math.min(session.compare.metric, Math.max(0, columns.length - room));
  const visible = columns.slice(first, first + room);
  const heading: Span[] = [
    fitted('', nameWidth + 3),
    ...visible.map((column, index): Span => {
      const unit = column.unit === '1' ? '%' : column.unit;
      return ['quiet', ` ${fitted(`${short[first + index]} ${unit}`, cellWidth - 1, 'right')}`];
    }),
  ];
  const body = rows.flatMap((row, index) => {
    const cells = visible.map((column): Span => {
      const value = row.values[column.path];
      if (row.missing !== null) return fitted('', cellWidth);
      const deviation = value?.folds.deviation ?? null;
      const text = `${shown(value?.value, column.unit)}${deviation === null ? '' : ` ± ${shown(deviation, column.unit)}`}${row.best.includes(column.path) ? '*' : ' '}`;
      return [row.best.includes(column.path) ? 'good' : 'plain', fitted(text, cellWidth, 'right')];
    });
    const intervals = visible.map((column): Span => {
      const interval = row.values[column.path]?.interval;
      const text =
        interval == null ? '' : `${shown(interval.low, column.unit)}…${shown(interval.high, column.unit)} `;
      return ['quiet', fitted(text, cellWidth, 'right')];
    });
    const name: Span[] = [[seriesRole(index), ` ${seriesMarks[index % 8]} `], fitted(row.label, nameWidth)];
    if (row.missing !== null) return [line(theme, [...name, ' ', ['quiet', row.missing]], width)];
    return [
      line(theme, [...name, ...cells], width),
      line(theme, [fitted('', nameWidth + 3), ...intervals], width),
    ];
  });
  const more =
    columns.length > room
      ? [`m and M: ${columns.length} metrics, ${first + 1} to ${first + visible.length} are shown`]
      : [];
  const texts = [
    '± deviation over folds; below it the 95 % interval by patients',
    ...more,
    ...notes.map((note) => note.replace('bold:', '*:')),
  ];
  const words = texts
    .flatMap((text) => wrapped(text, width - 2))
    .map((text) => line(theme, [['quiet', ` ${text}`]], width));
  return scrolled([line(theme, heading, width), ...body, '', ...words], session.compare.scroll, height);
}

const cellWidth = 15;

function metricOf(session: Session, { comparison }: Found): Comparison['columns'][number] | undefined {
  const tested = comparison.columns.filter(({ path }) => comparison.tests.some((test) => test.path === path));
  const all = tested.length > 0 ? tested : comparison.columns;
  return all[session.compare.metric % Math.max(1, all.length)];
}

function testsPanel(
  session: Session,
  found: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const { comparison } = found;
  const column = metricOf(session, found);
  const tests = comparison.tests.filter(({ path }) => path === column?.path);
  if (column === undefined || tests.length === 0) {
    return [
      '',
      line(
        theme,
        [['quiet', ' no pair of rows has a paired test: two rows with the same held-out images are needed']],
        width,
      ),
    ];
  }
  const unit = column.unit === '1' ? 'points' : column.unit;
  const name = Math.max(10, Math.min(26, Math.floor((width - 44) / 2)));
  const rows = tests.map((test) => {
    const [one, other] = test.rows.map((row) => comparison.rows[row]!.label) as [string, string];
    const significant = test.corrected < 0.05;
    return line(
      theme,
      [
        ' ',
        fitted(one, name),
        ['quiet', ' − '],
        fitted(other, name),
        [
          significant ? 'good' : 'plain',
          fitted(`${test.difference > 0 ? '+' : ''}${shown(test.difference, column.unit)}`, 9, 'right'),
        ],
        fitted(pText(test.p), 9, 'right'),
        [significant ? 'good' : 'quiet', fitted(pText(test.corrected), 9, 'right')],
        significant ? ['good', ' ✓'] : '  ',
        ['quiet', ` ${test.test} ${test.patients} patients`],
      ],
      width,
    );
  });
  const heading: Span[] = [
    ['title', fitted(` ${column.path}`, 2 * name + 4)],
    ['quiet', `${fitted(unit, 9, 'right')}${fitted('p', 9, 'right')}${fitted('Holm', 9, 'right')}`],
  ];
  const words = comparison.notes
    .filter((note) => !note.startsWith('bold:'))
    .flatMap((note) => wrapped(note, width - 2))
    .map((text) => line(theme, [['quiet', ` ${text}`]], width));
  return scrolled([line(theme, heading, width), ...rows, '', ...words], session.compare.scroll, height);
}

function pText(p: number): string {
  return p < 0.0001 ? '<0.0001' : p.toFixed(4);
}

function specPanel(
  session: Session,
  { differences }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const lines = differences.flatMap((text) => [...text.split('\n'), '']);
  const painted = lines.map((text) =>
    line(
      theme,
      [[/^\s*[-−]/.test(text) ? 'bad' : /^\s*\+/.test(text) ? 'good' : 'plain', ` ${text}`]],
      width,
    ),
  );
  return painted.length === 0
    ? ['', line(theme, [['quiet', ' one row differs from nothing: mark several runs']], width)]
    : scrolled(painted, session.compare.scroll, height);
}

/** Each fold as a mark on a line, the mean as a bar: how far folds lie apart, and rows from each other. */
function foldsPanel(
  session: Session,
  found: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const { comparison } = found;
  const column = comparison.columns[session.compare.metric % Math.max(1, comparison.columns.length)];
  if (column === undefined) return [];
  const values = comparison.rows.map((row) => row.values[column.path]?.folds.values ?? []);
  const finite = values.flat().filter((value): value is number => value !== null);
  if (finite.length === 0) return ['', line(theme, [['quiet', ` ${column.path}: no values`]], width)];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const name = Math.min(24, Math.max(8, ...comparison.rows.map(({ label }) => label.length)));
  const strip = width - name - 20;
  const place = (value: number) => Math.round(((value - low) / Math.max(1e-9, high - low)) * (strip - 1));
  const rows = comparison.rows.map((row, index) => {
    const cells = Array<string>(strip).fill('·');
    const value = row.values[column.path];
    const mean = value?.folds.mean ?? null;
    if (mean !== null) cells[place(mean)] = '│';
    for (const [fold, one] of (value?.folds.values ?? []).entries()) {
      if (one !== null) cells[place(one)] = String((fold + 1) % 10);
    }
    return line(
      theme,
      [
        [seriesRole(index), ` ${seriesMarks[index % 8]} `],
        fitted(row.label, name),
        ' ',
        ['heldOut', cells.join('')],
        fitted(
          `${shown(mean, column.unit)}${value?.folds.deviation == null ? '' : ` ± ${shown(value.folds.deviation, column.unit)}`}`,
          15,
          'right',
        ),
      ],
      width,
    );
  });
  const ends = `${fitted(shown(low, column.unit), Math.floor(strip / 2))}${fitted(shown(high, column.unit), Math.ceil(strip / 2), 'right')}`;
  return scrolled(
    [
      line(
        theme,
        [
          ['title', ` ${column.path}`],
          ['quiet', `, ${column.better} is better; digits are folds, │ their mean`],
        ],
        width,
      ),
      line(theme, [fitted('', name + 4), ['quiet', ends]], width),
      ...rows,
    ],
    session.compare.scroll,
    height,
  );
}

function confusionPanel(
  session: Session,
  { labels, comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const lines = Object.entries(labels).flatMap(([head, rows]) =>
    rows.flatMap((insight, index) => {
      if (insight === null) return [];
      const { outcomes, confusion } = insight;
      const cell = Math.max(9, ...outcomes.map((name) => Math.min(14, name.length + 2)));
      const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);
      return [
        line(
          theme,
          [
            [seriesRole(index), ` ${seriesMarks[index % 8]} `],
            ['title', comparison.rows[index]!.label],
            ['quiet', ` · ${head}: truth by row, answer by column`],
          ],
          width,
        ),
        line(
          theme,
          [fitted('', 18), ...outcomes.map((name): Span => ['quiet', fitted(name, cell, 'right')])],
          width,
        ),
        ...confusion.map((counts, truth) =>
          line(
            theme,
            [
              ['quiet', fitted(` ${outcomes[truth]}`, 18)],
              ...counts.map(
                (count, answer): Span => [
                  truth === answer ? 'good' : count > 0 ? 'bad' : 'quiet',
                  fitted(String(count), cell, 'right'),
                ],
              ),
              [
                'quiet',
                fitted(
                  total(counts) === 0 ? '' : `${((100 * counts[truth]!) / total(counts)).toFixed(0)} % right`,
                  12,
                  'right',
                ),
              ],
            ],
            width,
          ),
        ),
        '',
      ];
    }),
  );
  return lines.length === 0
    ? ['', line(theme, [['quiet', ' no row has a label head with predictions']], width)]
    : scrolled(lines, session.compare.scroll, height);
}

function rocPanel(
  _session: Session,
  { labels, comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  const [head, rows] = Object.entries(labels)[0] ?? [];
  const curves = (rows ?? []).flatMap((insight, index) =>
    insight === null || insight.roc.length === 0 ? [] : [{ insight, index }],
  );
  if (head === undefined || curves.length === 0) {
    return [
      '',
      line(theme, [['quiet', ' no ROC curve: a label head with images of both classes is needed']], width),
    ];
  }
  const series = [
    {
      role: 'frame' as const,
      points: [
        { x: 0, y: 0 },
        { x: 1, y: 1 },
      ],
      joined: true,
      mark: null,
    },
    ...curves.map(({ insight, index }) => ({
      role: seriesRole(index),
      points: stairs(insight.roc.map(({ fallout, sensitivity }) => ({ x: fallout, y: sensitivity }))),
      joined: true,
      mark: null,
    })),
  ];
  const legend = curves.slice(0, 6).map(({ index }) => {
    const auc = comparison.rows[index]!.values[`${head}.auc`];
    const interval =
      auc?.interval == null ? '' : ` (${number(auc.interval.low)}…${number(auc.interval.high)})`;
    return line(
      theme,
      [
        [seriesRole(index), ` ━ ${comparison.rows[index]!.label}`],
        ['quiet', `  AUC ${number(auc?.value)}${interval}`],
      ],
      width,
    );
  });
  return [
    line(
      theme,
      [
        ['title', ` ${head}`],
        ['quiet', `: sensitivity over 1 − specificity; positive is ${curves[0]!.insight.positive}`],
      ],
      width,
    ),
    ...chart(
      theme,
      { series, reference: null, x: { from: 0, to: 1, label: '1−spec' }, y: { from: 0, to: 1.02 } },
      Math.min(width, 2 * height + 20),
      height - 1 - legend.length,
    ).map(
      (text) => line(theme, [], 0) + text + ' '.repeat(Math.max(0, width - Math.min(width, 2 * height + 20))),
    ),
    ...legend,
  ];
}

/** A curve of thresholds goes up and along, never across. */
function stairs(points: readonly { readonly x: number; readonly y: number }[]) {
  return points.flatMap((point, index) => {
    const steps = 12;
    const before = points[index - 1];
    if (before === undefined) return [point];
    return Array.from({ length: steps }, (_, part) => ({
      x: before.x + ((point.x - before.x) * (part + 1)) / steps,
      y: before.y + ((point.y - before.y) * (part + 1)) / steps,
    }));
  });
}

function worstPanel(
  session: Session,
  { cases, comparison }: Found,
  theme: Theme,
  { width, height }: Area,
): readonly string[] {
  if (cases.length === 0) return ['', line(theme, [['quiet', ' no row has predicted masks']], width)];
  const cell = Math.max(9, Math.min(16, Math.floor((width - 32) / Math.max(1, comparison.rows.length))));
  const shownRows = comparison.rows.slice(0, Math.floor((width - 32) / cell));
  const heading: Span[] = [
    ['quiet', fitted(' image', 20)],
    ['quiet', fitted('patient', 12)],
    ...shownRows.map(({ label }, index): Span => [seriesRole(index), fitted(label, cell, 'right')]),
  ];
  const rows = cases.map(({ id, patient, dice }) =>
    line(
      theme,
      [
        fitted(` ${id}`, 20),
        ['quiet', fitted(patient, 12)],
        ...shownRows.map((_, row): Span => {
          const value = dice[row] ?? null;
          return [
            value !== null && value < 0.5 ? 'bad' : 'plain',
            fitted(value === null ? '–' : value.toFixed(3), cell, 'right'),
          ];
        }),
      ],
      width,
    ),
  );
  return [
    line(
      theme,
      [
        ['title', ' Dice coefficient by image'],
        ['quiet', ', the worst of the first row first'],
      ],
      width,
    ),
    line(theme, heading, width),
    ...scrolled(rows, session.compare.scroll, height - 2),
  ];
}

/** The part of lines that is scrolled to. */
function scrolled(lines: readonly string[], scroll: number, height: number): readonly string[] {
  const top = Math.max(0, Math.min(scroll, lines.length - height));
  return lines.slice(top, top + height);
}

/** What the comparison shows as a table for other programs. */
export function compareTable({ compare }: Session): readonly (readonly string[])[] {
  const comparison = compare.insight?.found?.comparison;
  if (comparison === undefined) return [['row']];
  return [
    ['row', 'metric', 'value', 'low', 'high', 'mean of folds', 'deviation of folds'],
    ...comparison.rows.flatMap((row) =>
      comparison.columns.map(({ path }) => {
        const value = row.values[path];
        const cells = [
          value?.value,
          value?.interval?.low,
          value?.interval?.high,
          value?.folds.mean,
          value?.folds.deviation,
        ];
        return [row.label, path, ...cells.map((cell) => (cell == null ? '' : String(cell)))];
      }),
    ),
  ];
}
