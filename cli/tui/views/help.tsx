import type { ReactNode } from 'react';
import { keymap } from '../keymap.ts';
import { line, type Span } from '../theme.ts';
import { frame } from '../widgets/frame.ts';
import { verdictLetters } from '../widgets/picture.ts';
import { Lines, type ViewProps } from './run.tsx';

const marks: readonly (readonly Span[])[] = [
  [['title', 'masks']],
  [['correct', `${verdictLetters.correct} blue `], ' in both masks'],
  [['missed', `${verdictLetters.missed} red  `], ' in the true mask only'],
  [['false', `${verdictLetters.false} green`], ' in the predicted mask only'],
];

/** Every key from the keymap, and beside them what the marks mean. */
export function HelpView({ layout, theme }: ViewProps): ReactNode {
  const width = layout.columns - 2;
  const left = Math.min(width, 42);
  const lines = keymap.map(({ shown, description }, index) => {
    const key = line(theme, [' ', ['key', shown.padEnd(4)], description], left);
    return key + line(theme, marks[index] ?? [], width - left);
  });
  return <Lines lines={frame(theme, [['title', 'keys']], lines, layout.columns, layout.rows - 2)} />;
}
