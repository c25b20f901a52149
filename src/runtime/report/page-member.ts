import { confusionTable } from '../metrics/evaluate.ts';
import { labelQuestions } from '../metrics/questions.ts';
import type { ComparedMember } from './comparison/members.ts';
import { overlaysOf } from './overlay.ts';
import { escaped } from './plot.ts';

/** What is shown of one row by itself: its confusions, and its best, median and worst mask. */
export function memberText(member: ComparedMember): string {
  const run = member.runs[0]!;
  const heads = member.plan.heads.filter(({ trained }) => trained);
  const confusions = labelQuestions(member.plan).map((question) => {
    const { outcomes: names, counts } = confusionTable(question, run.cases);
    const header = names.map((name) => `<th>answered ${escaped(name)}</th>`).join('');
    const rows = names.map(
      (name, truth) =>
        `<tr><td>${escaped(name)}</td>${counts[truth]!.map((count) => `<td>${count}</td>`).join('')}</tr>`,
    );
    return `<table><thead><tr><th>${escaped(question.path)}: true class</th>${header}</tr></thead><tbody>${rows.join('')}</tbody></table>`;
  });
  const overlays = heads
    .filter(({ kind }) => kind === 'mask')
    .flatMap((head) => overlaysOf(run, head.name))
    .map(
      ({ id, place, dsc, structures, png }) =>
        `<figure><img src="${png}" alt="${escaped(`${place} mask, image ${id}`)}"><figcaption>${place}: Dice ${percent(dsc)}${structuresText(structures)}<br>${escaped(id)}</figcaption></figure>`,
    );
  return [
    `<h3>${escaped(member.label)}</h3>`,
    ...confusions,
    ...(overlays.length === 0 ? [] : [`<div class="overlays">${overlays.join('')}</div>`]),
  ].join('\n');
}

function structuresText(structures: Readonly<Record<string, number | null>>): string {
  return Object.entries(structures)
    .map(([name, dice]) => `<br>${escaped(name)} ${percent(dice)}`)
    .join('');
}

function percent(share: number | null): string {
  return share === null ? '–' : `${(100 * share).toFixed(2)} %`;
}

/** What the colours of the pictures mean. */
export const overlayKey =
  '<p class="notes key">Pictures around the heart: <span style="background:#3c6eff">true positive</span> <span style="background:#ff3c32">false negative, missed</span> <span style="background:#1fa544">false positive</span></p>';
