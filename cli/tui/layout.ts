/** Where things go on a screen of a size; all numbers are character cells. */
export interface Layout {
  readonly columns: number;
  readonly rows: number;
  readonly chart: { readonly width: number; readonly height: number };
  /** Null when the screen is too narrow for a picture. */
  readonly picture: { readonly width: number; readonly height: number } | null;
  readonly metricRows: number;
  readonly metricColumns: number;
  readonly logRows: number;
}

/** The smallest screen that shows the run; below it a line says so. */
export const smallest = { columns: 40, rows: 12 } as const;

const headerRows = 1;
const progressRows = 1;
const footerRows = 1;
const logRule = 1;

/** Shares a screen between chart, picture, metrics and log. Designed at 80×24, good at 120×40. */
export function arrange(columns: number, rows: number, metrics: number): Layout {
  const metricColumns = columns >= 110 ? 3 : columns >= 76 ? 2 : 1;
  const metricRows = Math.min(Math.ceil(metrics / metricColumns), Math.max(1, Math.floor(rows / 4)));
  const free = rows - headerRows - progressRows - metricRows - footerRows - logRule;
  const logRows = Math.max(1, Math.min(Math.floor(free * 0.2), 12));
  const height = free - logRows;
  // The picture is about square: twice as many columns as rows.
  const pictureWidth = columns >= 60 ? Math.min(Math.floor(columns * 0.45), (height - 3) * 2 + 2) : 0;
  const picture = pictureWidth >= 16 ? { width: pictureWidth, height } : null;
  return {
    columns,
    rows,
    chart: { width: columns - (picture?.width ?? 0), height },
    picture,
    metricRows,
    metricColumns,
    logRows,
  };
}
