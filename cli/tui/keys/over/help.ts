import { type Binding, bindingsIn } from '../binding.ts';
import { listKeys } from '../lists.ts';

/** Keys of the help. How far it goes is for whoever draws it: {@link update} keeps it inside. */
export const helpKeys: readonly Binding[] = bindingsIn(
  'help',
  listKeys((session, by) => ({ ...session, help: Math.max(0, (session.help ?? 0) + by) }), 'line'),
);
