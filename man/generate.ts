// Writes the manual page beside this file. `npm run generate` runs it, a test compares.
import { writeFileSync } from 'node:fs';
import { version } from '../cli/environment/package.ts';
import { manualPage } from './page.ts';

writeFileSync(new URL('cmrc.1', import.meta.url), manualPage(version()));
