// Compares the coverage that the last test run wrote with a floor per folder. Exits 1 below a floor.
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';

const floors: Readonly<Record<string, number>> = {
  grammar: 90,
  'src/compiler': 92,
  'src/runtime': 80,
  cli: 70,
};

interface Counts {
  readonly lines: { readonly total: number; readonly covered: number };
}

const summary = JSON.parse(readFileSync('coverage/coverage-summary.json', 'utf8')) as Record<string, Counts>;
let below = false;
for (const [folder, floor] of Object.entries(floors)) {
  let total = 0;
  let covered = 0;
  for (const [file, counts] of Object.entries(summary)) {
    if (file === 'total' || !relative('.', file).startsWith(`${folder}/`)) continue;
    total += counts.lines.total;
    covered += counts.lines.covered;
  }
  const percent = total === 0 ? 0 : (100 * covered) / total;
  console.log(`${folder.padEnd(14)} ${percent.toFixed(1)} % of ${total} lines (floor ${floor} %)`);
  if (percent < floor) below = true;
}
if (below) {
  process.stderr.write('the coverage of a folder is below its floor\n');
  process.exit(1);
}
