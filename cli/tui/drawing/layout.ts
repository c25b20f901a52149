/** The smallest screen that shows anything; below it a line says so. */
export const smallest = { columns: 40, rows: 10 } as const;

/** The part of the screen that a view has, between header and footer. */
export interface Area {
  readonly width: number;
  readonly height: number;
}

/** The first row of the view. */
export const viewTop = 1;

export function areaOf({ columns, rows }: { readonly columns: number; readonly rows: number }): Area {
  return { width: columns, height: rows - 2 };
}

/** Where the parts of the view of one run go; all numbers are character cells. */
export interface RunLayout extends Area {
  readonly chart: Area;
  /** Null when the screen is too narrow for a picture. */
  readonly picture: Area | null;
  readonly metricRows: number;
  readonly metricColumns: number;
  readonly logRows: number;
}

const progressRows = 1;
const logRule = 1;

/**
 * Shares an area between chart, picture, metrics and log. Designed at 80×24, good at 120×40 and 60×20.
 * @param wide how many of the metrics have structures, and so a line of their own
 */
export function arrangeRun({ width, height }: Area, metrics: number, wide = 0): RunLayout {
  const metricColumns = width >= 110 ? 3 : width >= 76 ? 2 : 1;
  const needed = wide + Math.ceil((metrics - wide) / metricColumns);
  const metricRows = Math.min(needed, Math.max(1, Math.floor(height / 4)));
  const free = height - progressRows - metricRows - logRule;
  const logRows = Math.max(1, Math.min(Math.floor(free * 0.2), 12));
  const top = free - logRows;
  // The picture is about square: twice as many columns as rows.
  const pictureWidth = width >= 60 ? Math.min(Math.floor(width * 0.45), (top - 3) * 2 + 2) : 0;
  const picture = pictureWidth >= 16 ? { width: pictureWidth, height: top } : null;
  return {
    width,
    height,
    chart: { width: width - (picture?.width ?? 0), height: top },
    picture,
    metricRows,
    metricColumns,
    logRows,
  };
}
