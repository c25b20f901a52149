/** What one version brought. */
export interface Release {
  /** As `0.1.0`, or `Unreleased`. */
  readonly version: string;
  /** The day of its release, as `2026-12-24`; null before. */
  readonly date: string | null;
  /** What stands above its changes; may be empty. */
  readonly summary: string;
  readonly changes: readonly ChangeGroup[];
  /** All of it, as the page says it. */
  readonly page: string;
}

/** Changes of one kind. */
export interface ChangeGroup {
  readonly kind: ChangeKind;
  /** Each a text on one line, with Markdown's marks. */
  readonly entries: readonly string[];
}

/** The kinds of Keep a Changelog 1.1.0. */
export const changeKinds = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'] as const;
export type ChangeKind = (typeof changeKinds)[number];

const releaseTitle = /^## \[(\d+\.\d+\.\d+|Unreleased)\](?: - (\d{4}-\d{2}-\d{2}))?$/;

/** Reads `CHANGELOG.md`, which is ours and in the form of Keep a Changelog: anything else is our mistake. */
export function readChangelog(page: string): readonly Release[] {
  return page
    .split(/^(?=## )/m)
    .filter((text) => text.startsWith('## '))
    .map((text) => {
      const [title, ...lines] = text.trimEnd().split('\n');
      const [, version, date] = releaseTitle.exec(title!) ?? [];
      if (version === undefined) throw new Error(`CHANGELOG.md has the title "${title}"`);
      const [summary, ...groups] = lines.join('\n').split(/^(?=### )/m);
      return {
        version,
        date: date ?? null,
        summary: oneLine(summary!),
        changes: groups.map(readGroup),
        page: text.trimEnd(),
      };
    });
}

function readGroup(text: string): ChangeGroup {
  const [title, ...lines] = text.split('\n');
  const kind = changeKinds.find((name) => title === `### ${name}`);
  if (kind === undefined) throw new Error(`CHANGELOG.md has the group "${title}"`);
  const entries = lines.join('\n').split(/^- /m).slice(1).map(oneLine);
  return { kind, entries };
}

function oneLine(text: string): string {
  return text.trim().replace(/\s+/g, ' ');
}
