import { noticed } from '../../session/session.ts';
import type { Binding } from '../binding.ts';

/** Keys that answer a question. */
export const questionKeys: readonly Binding[] = [
  {
    keys: ['y', 'return'],
    shown: 'y enter',
    name: null,
    description: 'yes',
    footer: null,
    views: ['question'],
    run: ({ question, ...session }) =>
      question === null
        ? [{ ...session, question }, []]
        : [noticed({ ...session, question: null }, question.notice), question.effects],
  },
  {
    keys: ['n', 'escape', 'q', 'x', 'ctrl+c'],
    shown: 'n esc q',
    name: null,
    description: 'no',
    footer: null,
    views: ['question'],
    run: (session) => [{ ...session, question: null }, []],
  },
];
