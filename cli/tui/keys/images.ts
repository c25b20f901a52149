import type { Binding } from '../keymap.ts';
import type { ImagesState, Overlay, Session } from '../session.ts';
import { moved } from './go.ts';
import { listKeys } from './lists.ts';

const change = (session: Session, images: Partial<ImagesState>): Session => ({
  ...session,
  images: { ...session.images, ...images },
});

const nextOverlay: Readonly<Record<Overlay, Overlay>> = {
  colours: 'letters',
  letters: 'none',
  none: 'colours',
};
const nextOrder = { worst: 'best', best: 'name', name: 'worst' } as const;

/** The next image of another patient. */
function nextPatient(session: Session, by: 1 | -1): Session {
  const { cases, cursor } = session.images;
  const patient = (index: number) => {
    const one = cases[index];
    return one === undefined ? null : one.kind === 'case' ? one.patient : one.id;
  };
  let at = cursor + by;
  while (at > 0 && at < cases.length - 1 && patient(at) === patient(cursor)) at += by;
  return change(session, { cursor: moved(at, 0, cases.length) });
}

function binding(
  keys: readonly string[],
  shown: string,
  name: string | null,
  description: string,
  footer: Binding['footer'],
  run: (session: Session) => Session,
): Binding {
  return { keys, shown, name, description, footer, views: ['images'], run: (session) => [run(session), []] };
}

/** Keys of the images. */
export const imageKeys: readonly Binding[] = [
  ...listKeys(
    'images',
    (session, by) =>
      change(session, { cursor: moved(session.images.cursor, by, session.images.cases.length) }),
    'image',
  ),
  binding(['right', 'l'], '→ l', null, 'an image of the next patient', ['←→', 'patient'], (session) =>
    nextPatient(session, 1),
  ),
  binding(['left', 'h'], '← h', null, 'an image of the patient before', null, (session) =>
    nextPatient(session, -1),
  ),
  binding(
    ['s'],
    's',
    'order of images',
    'the worst first, the best first, or by name',
    ['s', 'order'],
    (session) => change(session, { order: nextOrder[session.images.order], cursor: 0 }),
  ),
  binding(['z'], 'z', 'zoom images', 'the heart, or the whole image', ['z', 'zoom'], (session) =>
    change(session, { zoom: !session.images.zoom }),
  ),
  binding(
    [' ', 'return'],
    'space',
    'one picture',
    'one large picture, or four',
    ['space', 'large'],
    (session) => change(session, { single: !session.images.single }),
  ),
  binding(
    ['o'],
    'o',
    'overlay of images',
    'masks in colours, in letters, or none',
    ['o', 'overlay'],
    (session) => change(session, { overlay: nextOverlay[session.images.overlay] }),
  ),
];
