import { helpLines } from '../../cli/tui/views/help.ts';

/** `docs/keys.md`, from the table that the interface handles keys by. `npm run screenshots` writes it. */
export function keysPage(): string {
  const text = helpLines('runs')
    .map((spans) => spans.map((span) => (typeof span === 'string' ? span : span[1])))
    .flatMap((parts) => {
      if (parts.length === 0) return [''];
      if (parts.length === 1)
        return [`## ${parts[0]!.trim()}`, '', '| key | what it does |', '| --- | --- |'];
      const [key, ...words] = parts.map((part) => part.trim()).filter((part) => part !== '');
      const cell = (part: string) => part.replaceAll('|', '\\|');
      return [
        `| ${key!
          .split(/\s+/)
          .map((one) => `\`${cell(one)}\``)
          .join(' ')} | ${cell(words.join(' '))} |`,
      ];
    });
  const about =
    'Every key of the interface: `?` shows the same, those of the view first. `S-tab` is shift and tab, `^f` is control and f.';
  return `# Keys\n\n${about}\n\n${text.join('\n').replaceAll('|\n##', '|\n\n##')}\n`;
}
