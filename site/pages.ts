import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, extname, join, posix, relative } from 'node:path';

/** What the site has of the repository, told by the paths of both. */
export interface Site {
  /** Texts of pages, by their path in the site. */
  readonly pages: ReadonlyMap<string, string>;
  /** Pictures: the path in the site, and the file. */
  readonly pictures: ReadonlyMap<string, string>;
  /** Links that lead nowhere, as `PAGE: LINK`. */
  readonly broken: readonly string[];
}

/** Where the explanations of codes lie; their pages are under their codes. */
const explanations = 'src/compiler/diagnostics/explain';
const languages: Readonly<Record<string, string>> = {
  '.cmrnet': 'cmrnet',
  '.ts': 'ts',
  '.tsx': 'tsx',
  '.js': 'js',
  '.cjs': 'js',
  '.json': 'json',
  '.yaml': 'yaml',
};
const pictureEndings: ReadonlySet<string> = new Set(['.svg', '.png']);
const phases: Readonly<Record<string, string>> = {
  1: 'text',
  2: 'names and imports',
  3: 'types, ranges and units',
  4: 'shapes, strides, rates and reach',
  5: 'experiments',
  6: 'variants and sweeps',
  7: 'targets and data',
  8: 'data and what is measured on it',
  9: 'environment and runs',
};

/**
 * Gathers the site from the repository: the guides, the language, a page for each code and each spec, and whatever they link
 * to, so that no link leads out of the site. Links are written anew, from page to page.
 * @param root the folder of the repository
 */
export function gatherSite(root: string): Site {
  const pages = new Map<string, string>();
  const pictures = new Map<string, string>();
  const broken: string[] = [];
  const waiting = [
    'README.md',
    'CHANGELOG.md',
    'ARCHITECTURE.md',
    'grammar',
    ...filesIn(root, 'docs', '.md'),
    ...filesIn(root, 'specs', '.cmrnet'),
    ...filesIn(root, explanations, '.md'),
  ];
  const seen = new Set(waiting);
  const linked = (from: string, link: string): string => {
    const [path = '', hash] = link.split('#');
    const target = path === '' ? from : posix.join(dirname(from), path).replace(/\/$/, '');
    if (target.startsWith('..') || !existsSync(join(root, target))) {
      broken.push(`${from}: ${link}`);
      return link;
    }
    if (!seen.has(target)) {
      seen.add(target);
      waiting.push(target);
    }
    const place = relative(dirname(placeOf(root, from)), placeOf(root, target));
    return `${place.startsWith('.') ? place : `./${place}`}${hash === undefined ? '' : `#${hash}`}`;
  };
  for (let path = waiting.shift(); path !== undefined; path = waiting.shift()) {
    const place = placeOf(root, path);
    if (pictureEndings.has(extname(path))) pictures.set(place, join(root, path));
    else pages.set(place, pageOf(root, path, linked));
  }
  pages.set('codes/index.md', codesPage(root));
  return { pages, pictures, broken };
}

/** Where a file or a folder of the repository is in the site. */
function placeOf(root: string, path: string): string {
  if (dirname(path) === explanations) return `codes/${basename(path)}`;
  if (isFolder(root, path)) return posix.join(path, 'index.md');
  if (pictureEndings.has(extname(path))) return path;
  if (basename(path) === 'README.md') return posix.join(dirname(path), 'index.md');
  // VitePress passes over files whose names begin with a dot.
  const shown = posix.join(dirname(path), basename(path).replace(/^\./, ''));
  return extname(path) === '.md' ? shown : `${shown}.md`;
}

function pageOf(root: string, path: string, linked: (from: string, link: string) => string): string {
  if (isFolder(root, path)) {
    const readme = posix.join(path, 'README.md');
    return existsSync(join(root, readme)) ? pageOf(root, readme, linked) : folderPage(root, path, linked);
  }
  const text = readFileSync(join(root, path), 'utf8');
  if (extname(path) === '.md') return withLinks(text, (link) => linked(path, link));
  // Sources are shown, not searched.
  const searched = extname(path) === '.cmrnet' ? '' : '---\nsearch: false\n---\n\n';
  return `${searched}# ${path}\n\n\`\`\`\`${languages[extname(path)] ?? 'text'}\n${text.trimEnd()}\n\`\`\`\`\n`;
}

/** The files of a folder. Of sources only those that a page links to have pages. */
function folderPage(root: string, path: string, linked: (from: string, link: string) => string): string {
  const names = readdirSync(join(root, path)).sort();
  const shown = names.map((name) => {
    const isPage = path.startsWith('specs') || path === 'docs' || path === 'schemas';
    // A folder's own links start from inside of it.
    return isPage && !pictureEndings.has(extname(name))
      ? `- [${name}](${linked(`${path}/index.md`, name)})`
      : `- \`${name}${isFolder(root, `${path}/${name}`) ? '/' : ''}\``;
  });
  return `---\nsearch: false\n---\n\n# ${path}\n\n${shown.join('\n')}\n`;
}

/** All codes with their titles, by the phase that their hundreds tell. */
function codesPage(root: string): string {
  const rows = filesIn(root, explanations, '.md').map((path) => {
    const [, code, title] = /^# (CMR\d+): (.*)/.exec(readFileSync(join(root, path), 'utf8'))!;
    return { code: code!, title: title! };
  });
  const groups = Object.entries(phases).map(([hundred, phase]) => {
    const lines = rows
      .filter(({ code }) => code.startsWith(`CMR${hundred}`))
      .map(({ code, title }) => `- [${code}](./${code}.md): ${title}`);
    return `## ${hundred}xx: ${phase}\n\n${lines.join('\n')}\n`;
  });
  return `# Codes\n\nEvery message has a code, and every code a page. \`cmrc explain CODE\` shows the same in a terminal.\n\n${groups.join('\n')}`;
}

/** A page whose relative links are replaced, outside of code, and without its comments. */
function withLinks(text: string, replaced: (link: string) => string): string {
  return text
    .replace(/^<!--.*-->\n?/gm, '')
    .split(/(^```[\s\S]*?^```$|`[^`\n]+`)/m)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part.replace(/\]\((?!https?:)([^)\s]+)\)/g, (_, link: string) => `](${replaced(link)})`),
    )
    .join('');
}

function filesIn(root: string, folder: string, ending: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => posix.join(folder, name));
}

function isFolder(root: string, path: string): boolean {
  return existsSync(join(root, path)) && statSync(join(root, path)).isDirectory();
}
