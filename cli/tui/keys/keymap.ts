import { goTo } from '../session/go.ts';
import { type Session, type Step, type ViewName, viewNames, withNotice } from '../session/session.ts';
import type { Action, Binding, Place } from './binding.ts';
import { fuzzy } from './fuzzy.ts';
import { helpKeys } from './over/help.ts';
import { paletteKeys } from './over/palette.ts';
import { questionKeys } from './over/question.ts';
import { typingKeys } from './over/typing.ts';
import { sessionKeys } from './session.ts';
import { compareKeys } from './views/compare.ts';
import { imageKeys } from './views/images.ts';
import { networkKeys } from './views/network.ts';
import { planKeys } from './views/plan.ts';
import { runKeys } from './views/run.ts';
import { runsKeys } from './views/runs.ts';
import { specKeys } from './views/specs.ts';
import { steerKeys } from './views/steer.ts';

/** Every key there is, in the order in which help and footer show them. The first binding that applies wins. */
export const keymap: readonly Binding[] = [
  ...questionKeys,
  ...paletteKeys(paletteEntries),
  ...typingKeys,
  ...runsKeys,
  ...runKeys,
  ...compareKeys,
  ...imageKeys,
  ...specKeys,
  ...planKeys,
  ...networkKeys,
  ...steerKeys,
  ...helpKeys,
  ...sessionKeys,
];

function applies({ views, when }: Binding, session: Session): boolean {
  const place = placeOf(session);
  const here = views === 'all' ? !isOver(place) : views.includes(place);
  return here && (when === undefined || when(session));
}

/** What takes the keys: what lies on top. */
export function placeOf({ question, prompt, palette, help, view }: Session): Place {
  if (question !== null) return 'question';
  if (prompt !== null) return 'prompt';
  if (palette !== null) return 'palette';
  return help === null ? view : 'help';
}

/** Whether nothing but its own keys is heard. */
function isOver(place: Place): boolean {
  return place === 'question' || place === 'prompt' || place === 'palette';
}

/** What a key does at the moment, or null. */
export function bindingFor(session: Session, key: string): Binding | null {
  return keymap.find((binding) => binding.keys.includes(key) && applies(binding, session)) ?? null;
}

/** The bindings that do something at the moment. */
export function bindingsFor(session: Session): readonly Binding[] {
  return keymap.filter((binding) => applies(binding, session));
}

/** An action as the list of actions shows it. */
export interface PaletteEntry extends Action {
  readonly name: string;
  /** The view that it leads to first; null where it is one of the view that is shown. */
  readonly leadsTo: ViewName | null;
}

/** Every action there is: those of the view below the list, then those of other views, which lead there first. */
function allEntries(session: Session): readonly PaletteEntry[] {
  const below = { ...session, palette: null, help: null };
  const here = bindingsFor(below);
  const names = new Set(here.map(({ name }) => name));
  const entries: PaletteEntry[] = here.flatMap((binding) =>
    binding.name === undefined ? [] : [{ ...binding, name: binding.name, leadsTo: null }],
  );
  for (const binding of keymap) {
    const { name, views } = binding;
    const view = views === 'all' ? undefined : viewNames.find((one) => views.includes(one));
    if (name === undefined || view === undefined || names.has(name)) continue;
    names.add(name);
    entries.push({ ...binding, name, leadsTo: view, run: (from) => runIn(from, view, binding) });
  }
  return entries;
}

/** Goes to a view and does what an action of it does, or says why it does nothing there yet. */
function runIn(session: Session, view: ViewName, action: Action): Step {
  const [there, effects] = session.view === view ? ([session, []] as const) : goTo(session, view);
  if (action.when !== undefined && !action.when(there)) {
    return [withNotice(there, `${action.name}: there is nothing here to do it on yet`), effects];
  }
  const [done, more] = action.run(there);
  return [done, [...effects, ...more]];
}

/** The actions that pass what is typed: its letters in their order, the best first. */
export function paletteEntries(session: Session, text: string): readonly PaletteEntry[] {
  const wanted = text.toLowerCase().replace(/\s+/g, '');
  return allEntries(session)
    .map((binding) => ({
      binding,
      // Descriptions are long: letters scattered over them mean nothing.
      score:
        (binding.leadsTo === null ? 0 : -1) +
        (binding.description.toLowerCase().includes(text.trim().toLowerCase())
          ? Math.max(fuzzy(wanted, binding.name), -20)
          : fuzzy(wanted, binding.name)),
    }))
    .filter(({ score }) => score > -100)
    .sort((a, b) => b.score - a.score)
    .map(({ binding }) => binding);
}
