import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { svgOf } from '../../cli/tui/drawing/svg/svg.ts';
import { frameOf } from '../../cli/tui/views/frame.ts';
import { keysPage } from '../support/keys-page.ts';
import { after, freshSession } from '../support/recorded-session.ts';
import { shotsOf } from '../support/shots.ts';

/** The views that the documentation shows, from the recorded session; `npm run screenshots` draws them anew. */
const documented = [
  'runs',
  'runs-grouped',
  'palette',
  'run',
  'run-several',
  'compare-curves',
  'compare-table',
  'compare-tests',
  'compare-folds',
  'compare-confusion',
  'compare-roc',
  'compare-worst',
  'images',
  'specs',
  'plan',
  'network',
  'help',
] as const;

const out = 'docs/screenshots';
const folder = mkdtempSync(join(tmpdir(), 'cmrnet-screenshots-'));
try {
  const shots = shotsOf(folder);
  mkdirSync(out, { recursive: true });
  for (const name of documented) {
    const session = after(
      freshSession({ columns: 110, rows: 32, look: { depth: 24 } }, folder),
      ...shots[name]!,
    );
    const frame = frameOf(session).map((line) => line.replaceAll(folder, 'runs'));
    writeFileSync(join(out, `${name}.svg`), svgOf(frame, { ground: 'dark', title: `cmrc: ${name}` }));
  }
  writeFileSync('docs/keys.md', keysPage());
  process.stdout.write(`${documented.length} screenshots in ${out}, and docs/keys.md\n`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
