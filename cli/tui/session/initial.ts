import { noNetwork } from '../state/network.ts';
import { noPlan } from '../state/plan.ts';
import { noSpecs } from '../state/specs.ts';
import type { Look } from '../theme/look.ts';
import type { Session, ViewName } from './session.ts';

export function initialSession(start: {
  readonly columns: number;
  readonly rows: number;
  readonly now: number;
  readonly look: Look;
  readonly parent: string;
  readonly view?: ViewName;
}): Session {
  const { columns, rows, now, look, parent, view = 'runs' } = start;
  const overlay = look.depth < 8 || look.ascii ? 'letters' : 'colours';
  return {
    screen: { columns, rows },
    look,
    now,
    parent,
    view,
    help: null,
    palette: null,
    prompt: null,
    question: null,
    notice: null,
    runs: {
      all: [],
      damaged: [],
      loading: true,
      cursor: 0,
      sort: { column: 'started', descending: true },
      filter: '',
      grouped: false,
      marked: new Set(),
    },
    run: null,
    compare: { panel: 'curves', metric: 0, scroll: 0, axis: 'epochs', insight: null, working: null },
    images: {
      folder: null,
      loading: false,
      cases: [],
      pictures: new Map(),
      wanted: null,
      problem: null,
      cursor: 0,
      order: 'worst',
      zoom: true,
      single: false,
      overlay,
      structure: null,
    },
    specs: noSpecs,
    plan: noPlan,
    network: noNetwork,
    deleted: [],
  };
}
