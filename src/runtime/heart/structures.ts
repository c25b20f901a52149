/** What a structure is to the heart's measures. */
export type HeartRole = 'muscle' | 'left cavity' | 'right cavity';

/** By the words in its name, underscores and capitals aside; the first that fits counts. */
const roles: readonly (readonly [HeartRole, RegExp])[] = [
  ['right cavity', /right ?ventric|\brv\b|\brvc?\b/],
  ['muscle', /myocard|muscle|\bmyo\b|\bwall\b/],
  ['left cavity', /left ?ventric|\blv\b|\blvc?\b|cavity|blood ?pool|\bblood\b/],
];

/** What the name of a structure says that it is; null for a scar, an atrium and whatever else. */
export function heartRole(name: string): HeartRole | null {
  const words = name.toLowerCase().replace(/[_-]+/g, ' ');
  return roles.find(([, pattern]) => pattern.test(words))?.[0] ?? null;
}
