import { Bag } from '../../../src/compiler/index.ts';
import {
  addNote,
  changeLearningRate,
  changeTags,
  launchTraining,
  pauseTraining,
  readControl,
  runFiles,
  stopTraining,
} from '../../../src/runtime/index.ts';
import type { Effect } from '../session/effects.ts';
import { type Send, say, sayFindings } from './notices.ts';

type Steering = Extract<Effect, { kind: 'stop' | 'resume' | 'pause' | 'rate' | 'note' | 'tag' }>;

/** Asks whoever trains runs to do something else, starts training again, or annotates a run. */
export function steer(effect: Steering, send: Send): void {
  const bag = new Bag();
  switch (effect.kind) {
    case 'stop':
      if (!stopTraining(effect.folder, bag)) sayFindings(send, bag);
      return;
    case 'resume':
      void resume(effect.folder, send);
      return;
    case 'pause':
      pause(effect.folders, send);
      return;
    case 'rate':
      if (changeLearningRate(effect.folder, effect.value, bag) === null) sayFindings(send, bag);
      return;
    case 'note':
      addNote(effect.folder, effect.text, Date.now());
      return;
    case 'tag': {
      const tags = tagsIn(effect.text);
      changeTags(effect.folder, tags.added, tags.removed);
      return;
    }
    default:
      effect satisfies never;
  }
}

/** What was asked for counts, not what came of it: a step may take long, and a key may be pressed again meanwhile. */
function pause(folders: readonly string[], send: Send): void {
  const paused = !folders.every((folder) => readControl(folder).paused);
  const bag = new Bag();
  const reached = folders.filter((folder) => pauseTraining(folder, paused, bag));
  if (reached.length === 0) sayFindings(send, bag);
  else say(send, paused ? 'waiting before the next step; p goes on' : 'going on');
}

async function resume(folder: string, send: Send): Promise<void> {
  const launched = await launchTraining(folder);
  if (!launched) say(send, `training did not start: see ${runFiles.log(folder)}`, true);
}

/** Words, with or without `#`; those behind a minus are taken away. */
function tagsIn(text: string): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const words = text
    .split(/[\s,]+/)
    .map((word) => word.replace(/^#/, ''))
    .filter((word) => word !== '');
  return {
    added: words.filter((word) => !word.startsWith('-')),
    removed: words.filter((word) => word.startsWith('-')).map((word) => word.slice(1)),
  };
}
