import { withNotice } from '../../session/session.ts';
import { type Binding, bindingsIn } from '../binding.ts';

/** Keys that answer a question. */
export const questionKeys: readonly Binding[] = bindingsIn('question', [
  {
    keys: ['y', 'return'],
    shown: 'y enter',
    description: 'yes',
    run: ({ question, ...session }) =>
      question === null
        ? [{ ...session, question }, []]
        : [withNotice({ ...session, question: null }, question.notice), question.effects],
  },
  {
    keys: ['n', 'escape', 'q', 'x', 'ctrl+c'],
    shown: 'n esc q',
    description: 'no',
    run: (session) => [{ ...session, question: null }, []],
  },
]);
