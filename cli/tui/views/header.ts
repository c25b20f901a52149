import { isActive, isDone, type State, shownFold } from '../state.ts';
import { justified, type Span, type Theme } from '../theme.ts';

/** The top line: what runs, and how it is doing. */
export function header(theme: Theme, state: State): string {
  const { run } = state;
  const fold = shownFold(state);
  const name: Span[] = [
    ' ',
    ['title', 'cmrc'],
    ['quiet', ' · '],
    run.spec,
    ['quiet', ' · '],
    ['title', run.experiment],
  ];
  const folds =
    state.run.foldCount > 1 && fold !== undefined ? `fold ${fold.fold} of ${run.foldCount} · ` : '';
  return justified(theme, name, [' ', ['quiet', folds], condition(state), ' '], state.columns);
}

/** Symbols differ as well as colours. */
function condition(state: State): Span {
  const fold = shownFold(state);
  if (isDone(state)) return ['good', '✓ finished'];
  if (fold === undefined && state.progress.failure !== null) return ['bad', '✗ failed'];
  if (fold === undefined) return isActive(state) ? ['quiet', '○ starting'] : ['quiet', '○ not started'];
  switch (fold.state) {
    case 'running':
      if (state.alive === false) return ['bad', '✗ process lost'];
      return fold.diverged === null ? ['good', '● training'] : ['bad', '▲ diverged'];
    case 'stopped':
      return ['warning', '■ stopped'];
    case 'failed':
      return ['bad', '✗ failed'];
    case 'finished':
      return ['good', '✓ fold finished'];
  }
}
