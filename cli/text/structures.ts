import { metricFacts, partsOfMetric } from '../../src/compiler/index.ts';

/** What the field calls the parts of a heart where there is little room; other structures keep their names. */
const abbreviations: Readonly<Record<string, string>> = {
  right_ventricle: 'rv',
  left_ventricle: 'lv',
  myocardium: 'myo',
  right_atrium: 'ra',
  left_atrium: 'la',
};

export function shortStructure(name: string): string {
  return abbreviations[name] ?? name;
}

/** The values of the structures below a mean, as records of numbers by path hold them; none in older records. */
export function structuresOfMean(
  values: Readonly<Record<string, number | null>>,
  mean: string,
): readonly (readonly [structure: string, value: number | null])[] {
  return Object.entries(values).flatMap(([path, value]) =>
    path.startsWith(`${mean}.`) ? [[partsOfMetric(path).structure!, value] as const] : [],
  );
}

/** `rv 0.00 · myo 0.71 · lv 0.90` */
export function structuresText(
  values: readonly (readonly [structure: string, value: number | null])[],
): string {
  return values.map(([name, value]) => `${shortStructure(name)} ${brief(value)}`).join(' · ');
}

/** The same in brackets behind a mean, or nothing where there is a single structure. */
export function structuresBehind(
  values: readonly (readonly [structure: string, value: number | null])[],
): string {
  return values.length === 0 ? '' : ` (${structuresText(values)})`;
}

/** `dsc 0.54 (rv 0.00 · myo 0.71 · lv 0.90)` of the first metric that has structures; null where none has. */
export function firstStructures(values: Readonly<Record<string, number | null>>): string | null {
  for (const [path, value] of Object.entries(values)) {
    const structures = structuresOfMean(values, path);
    if (value !== null && structures.length > 0)
      return `${partsOfMetric(path).metric} ${brief(value)}${structuresBehind(structures)}`;
  }
  return null;
}

/** Whether a structure may as well not be there: of a share such as Dice, what rounds to 0.00. */
export function isLost(value: number | null, metric: string): boolean {
  const facts = metricFacts(metric);
  return value !== null && facts?.unit === 'ratio' && facts.better === 'higher' && value < 0.005;
}

function brief(value: number | null): string {
  if (value === null) return '–';
  return Math.abs(value) < 10 ? value.toFixed(2) : value.toFixed(1);
}
