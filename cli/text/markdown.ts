/** A page of Markdown as the terminal shows it: titles and strong words bold, code indented; the words stay as they are. */
export function markdown(page: string, color: boolean): readonly string[] {
  const bold = (text: string) => (color ? `\u001b[1m${text}\u001b[0m` : text);
  let inCode = false;
  const lines: string[] = [];
  for (const line of page.trimEnd().split('\n')) {
    if (line.startsWith('```')) inCode = !inCode;
    else if (inCode) lines.push(`    ${line}`.trimEnd());
    else if (line.startsWith('#')) lines.push(bold(line.replace(/^#+ /, '')));
    else lines.push(line.replace(/\*\*(.+?)\*\*/g, (_, strong: string) => bold(strong)));
  }
  return lines;
}
