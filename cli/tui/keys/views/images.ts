import { movedCursor } from '../../drawing/cursor.ts';
import type { Session } from '../../session/session.ts';
import {
  nextStructure,
  orderedCases,
  patientBeside,
  shownCase,
  sliceBeside,
  structuresOfCases,
} from '../../state/case-order.ts';
import type { ImagesState } from '../../state/images.ts';
import { nextOverlay } from '../../widgets/overlay.ts';
import { type Binding, bindingsIn } from '../binding.ts';
import { listKeys } from '../lists.ts';

const change = (session: Session, images: Partial<ImagesState>): Session => ({
  ...session,
  images: { ...session.images, ...images },
});

const nextOrder = { worst: 'best', best: 'name', name: 'worst' } as const;

/** Keys of the images. */
export const imageKeys: readonly Binding[] = bindingsIn('images', [
  ...listKeys(
    (session, by) =>
      change(session, { cursor: movedCursor(session.images.cursor, by, session.images.cases.length) }),
    'image',
  ),
  {
    keys: [']', '.'],
    shown: ']',
    name: 'next slice',
    description: 'the next slice of the patient, whatever the order',
    footer: ['[]', 'slice'],
    run: (session) => [change(session, { cursor: sliceBeside(session.images, 1) }), []],
  },
  {
    keys: ['[', ','],
    shown: '[',
    name: 'slice before',
    description: 'the slice before',
    run: (session) => [change(session, { cursor: sliceBeside(session.images, -1) }), []],
  },
  {
    keys: ['right', 'l'],
    shown: '→ l',
    name: 'next patient',
    description: 'an image of the next patient',
    footer: ['←→', 'patient'],
    run: (session) => [change(session, { cursor: patientBeside(session.images, 1) }), []],
  },
  {
    keys: ['left', 'h'],
    shown: '← h',
    name: 'patient before',
    description: 'an image of the patient before',
    run: (session) => [change(session, { cursor: patientBeside(session.images, -1) }), []],
  },
  {
    keys: ['s'],
    shown: 's',
    name: 'order of images',
    description: 'the worst first, the best first, or by name',
    footer: ['s', 'order'],
    run: (session) => [change(session, { order: nextOrder[session.images.order], cursor: 0 }), []],
  },
  {
    keys: ['z'],
    shown: 'z',
    name: 'zoom images',
    description: 'the heart, or the whole image',
    footer: ['z', 'zoom'],
    run: (session) => [change(session, { zoom: !session.images.zoom }), []],
  },
  {
    keys: [' ', 'return'],
    shown: 'space',
    name: 'one picture',
    description: 'one large picture, or four',
    footer: ['space', 'large'],
    run: (session) => [change(session, { single: !session.images.single }), []],
  },
  {
    keys: ['o'],
    shown: 'o',
    name: 'overlay of images',
    description: 'masks in colours, in letters, or none',
    footer: ['o', 'overlay'],
    run: (session) => [change(session, { overlay: nextOverlay[session.images.overlay] }), []],
  },
  {
    keys: ['v'],
    shown: 'v',
    name: 'structure of images',
    description: 'masks, order and strip of the next structure, or of all',
    footer: ['v', 'structure'],
    when: ({ images }) => structuresOfCases(images.cases).length > 0,
    run: (session) => {
      const { cases, structure } = session.images;
      // The image that is looked at stays, wherever the other order puts it.
      const shown = shownCase(session.images);
      const next = change(session, { structure: nextStructure(structuresOfCases(cases), structure) });
      const cursor = shown === undefined ? 0 : orderedCases(next.images).indexOf(shown);
      return [change(next, { cursor }), []];
    },
  },
]);
