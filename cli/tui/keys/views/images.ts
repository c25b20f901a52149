import { moved } from '../../drawing/cursor.ts';
import type { Session } from '../../session/session.ts';
import type { ImagesState } from '../../state/images.ts';
import { patientBeside, sliceBeside } from '../../state/pictures.ts';
import { nextOverlay } from '../../widgets/overlay.ts';
import type { Binding } from '../binding.ts';
import { listKeys } from '../lists.ts';

const change = (session: Session, images: Partial<ImagesState>): Session => ({
  ...session,
  images: { ...session.images, ...images },
});

const nextOrder = { worst: 'best', best: 'name', name: 'worst' } as const;

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
  binding(
    [']', '.'],
    ']',
    null,
    'the next slice of the patient, whatever the order',
    ['[]', 'slice'],
    (session) => change(session, { cursor: sliceBeside(session.images, 1) }),
  ),
  binding(['[', ','], '[', null, 'the slice before', null, (session) =>
    change(session, { cursor: sliceBeside(session.images, -1) }),
  ),
  binding(['right', 'l'], '→ l', null, 'an image of the next patient', ['←→', 'patient'], (session) =>
    change(session, { cursor: patientBeside(session.images, 1) }),
  ),
  binding(['left', 'h'], '← h', null, 'an image of the patient before', null, (session) =>
    change(session, { cursor: patientBeside(session.images, -1) }),
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
