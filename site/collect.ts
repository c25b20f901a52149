// Writes the pages of the site into `site/pages`, from where VitePress takes them. `npm run site` runs it.
import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gatherSite } from './pages.ts';

const here = dirname(fileURLToPath(import.meta.url));
const { pages, pictures, broken } = gatherSite(dirname(here));
if (broken.length > 0) {
  console.error(`links that lead nowhere:\n  ${broken.join('\n  ')}`);
  process.exit(1);
}
const folder = join(here, 'pages');
rmSync(folder, { recursive: true, force: true });
const placeOf = (path: string) => {
  const place = join(folder, path);
  mkdirSync(dirname(place), { recursive: true });
  return place;
};
for (const [path, text] of pages) writeFileSync(placeOf(path), text);
for (const [path, file] of pictures) cpSync(file, placeOf(path));
console.log(`${pages.size} pages and ${pictures.size} pictures`);
