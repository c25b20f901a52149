import type { DataSet, Element } from 'dicom-parser';
import type { Damage } from '../damage.ts';

/** A table of values by stored number (PS3.3 C.11.1.1): those below the first or above the last take its ends. */
export interface ValueTable {
  readonly first: number;
  readonly values: Uint16Array;
}

/** The modality's table, in the place of slope and intercept; null where a file has none. */
export function modalityTable(data: DataSet, signed: boolean): ValueTable | Damage | null {
  const item = data.elements['x00283000']?.items?.[0]?.dataSet;
  return item === undefined ? null : tableOf(item, 'x00283002', 'x00283006', signed);
}

/** The colours of a file whose numbers are those of a palette: red, green and blue; null where it has none. */
export function palette(data: DataSet): readonly [ValueTable, ValueTable, ValueTable] | Damage {
  const tables: ValueTable[] = [];
  for (const colour of [1, 2, 3]) {
    const table = tableOf(data, `x0028110${colour}`, `x0028120${colour}`, false);
    if ('damage' in table) return table;
    tables.push(table);
  }
  return tables as unknown as readonly [ValueTable, ValueTable, ValueTable];
}

/** The value that a table has for a stored number. */
export function lookUp({ first, values }: ValueTable, stored: number): number {
  return values[Math.min(values.length - 1, Math.max(0, stored - first))]!;
}

/** A descriptor says how many entries there are, 0 for 65536, the number of the first, and the bits of each. */
function tableOf(data: DataSet, descriptor: string, entries: string, signed: boolean): ValueTable | Damage {
  const element = data.elements[entries];
  const [count, first, bits] = [0, 1, 2].map((index) =>
    index === 1 && signed ? data.int16(descriptor, index) : data.uint16(descriptor, index),
  );
  if (element === undefined || count === undefined || first === undefined || bits === undefined) {
    return { damage: 'its values go through a table that it does not hold, or in a form that is not read' };
  }
  const length = count === 0 ? 65536 : count;
  const held = Math.min(element.length, data.byteArray.length - element.dataOffset);
  if (held < length) return { damage: `its table of values has ${length} entries and holds ${held} bytes` };
  // Entries of 8 bits may be packed two to a word, or be words of their own.
  const wide = held >= 2 * length;
  return { first, values: Uint16Array.from({ length }, (_, index) => entry(data, element, index, wide)) };
}

function entry(data: DataSet, { dataOffset }: Element, index: number, wide: boolean): number {
  return wide
    ? data.byteArrayParser.readUint16(data.byteArray, dataOffset + 2 * index)
    : data.byteArray[dataOffset + index]!;
}
