import { readdirSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitepress';

const grammar = JSON.parse(
  readFileSync(new URL('../../grammar/cmrnet.tmLanguage.json', import.meta.url), 'utf8'),
);
const specs = readdirSync(new URL('../pages/specs', import.meta.url)).filter((name) =>
  name.endsWith('.cmrnet.md'),
);

export default defineConfig({
  title: 'cmrnet',
  description: 'A language, compiler and runtime for multi-task networks on cardiac MR images',
  srcDir: 'pages',
  outDir: 'dist',
  // Relative, so that the site can be opened in any folder of any server.
  base: './',
  markdown: {
    html: false,
    attrs: { disable: true },
    languages: [{ ...grammar, name: 'cmrnet' }],
  },
  themeConfig: {
    search: { provider: 'local' },
    outline: [2, 3],
    socialLinks: [],
    nav: [
      { text: 'Guides', link: '/docs/first-study', activeMatch: '^/docs/' },
      { text: 'Language', link: '/grammar/' },
      { text: 'Codes', link: '/codes/' },
      { text: 'Specs', link: '/specs/' },
      { text: 'Changes', link: '/CHANGELOG' },
    ],
    sidebar: [
      {
        text: 'Guides',
        items: [
          { text: 'What it is', link: '/' },
          { text: 'Your own images', link: '/docs/your-images' },
          { text: 'A first study', link: '/docs/first-study' },
          { text: 'Reading the tables', link: '/docs/reading-tables' },
          { text: 'Troubleshooting', link: '/docs/troubleshooting' },
          { text: 'The interface', link: '/docs/interface' },
          { text: 'Keys', link: '/docs/keys' },
          { text: 'Engines', link: '/docs/engines' },
        ],
      },
      {
        text: 'Reference',
        items: [
          { text: 'The language', link: '/grammar/' },
          { text: 'Codes of messages', link: '/codes/' },
          { text: 'How it is built', link: '/ARCHITECTURE' },
          { text: 'Changelog', link: '/CHANGELOG' },
        ],
      },
      {
        text: 'Specs',
        collapsed: true,
        items: specs.map((name) => ({
          text: name.replace('.cmrnet.md', ''),
          link: `/specs/${name.replace('.md', '')}`,
        })),
      },
    ],
  },
});
