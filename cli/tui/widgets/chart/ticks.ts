import { number } from '../../../text/quantities.ts';

export interface Range {
  readonly low: number;
  readonly high: number;
}

interface Tick {
  readonly row: number;
  readonly label: string;
}

/** Round numbers, one on every second row or less. */
export function verticalTicks({ low, high }: Range, rows: number): readonly Tick[] {
  const step = roundStep((high - low) / Math.max(1, Math.floor(rows / 1.6)));
  const decimals = Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));
  const ticks: Tick[] = [];
  for (let index = Math.ceil(low / step); index * step <= high; index += 1) {
    const row = Math.floor((((high - index * step) / (high - low)) * (rows * 4 - 1)) / 4);
    if (ticks.every((tick) => tick.row !== row)) {
      ticks.push({ row, label: (index * step).toFixed(decimals).replace(/^-(?=0(\.0*)?$)/, '') });
    }
  }
  return ticks;
}

/** Powers of ten, and 2 and 5 times them where there are few; where not even those, the ends. */
export function logTicks({ low, high }: Range, rows: number): readonly Tick[] {
  const factors = high - low < 2 ? [1, 2, 5] : [1];
  const ticks: Tick[] = [];
  const put = (value: number): void => {
    const row = Math.floor((((high - Math.log10(value)) / (high - low)) * (rows * 4 - 1)) / 4);
    if (row >= 0 && row < rows && ticks.every((tick) => Math.abs(tick.row - row) > 1)) {
      ticks.push({
        row,
        label: value >= 0.001 && value < 1e5 ? String(Number(value.toPrecision(3))) : value.toExponential(0),
      });
    }
  };
  for (let power = Math.floor(low); power <= Math.ceil(high); power += 1) {
    for (const factor of factors) put(factor * 10 ** power);
  }
  if (ticks.length < 2) for (const end of [high, low]) put(10 ** end);
  return ticks.length > 0 ? ticks : [{ row: 0, label: number(10 ** high) }];
}

/** The next larger of 1, 2, 5, 10, 20, 50 and so on. */
export function roundStep(minimum: number): number {
  const power = 10 ** Math.floor(Math.log10(minimum));
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= minimum * 0.999) ?? 10;
  return factor * power;
}
