import type { SourceFile } from '../../source/source-file.ts';
import { encloses, type Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Instance } from '../experiments/experiment.ts';
import type { Declared, Module, Reporter } from '../program/program.ts';
import type { Entry } from '../settings/tree.ts';
import { expandSweep, formatEntry, formatExpression, type Sweep } from './sweeps.ts';
import { baseOf, checkItems, named } from './variants.ts';

/** Something that can be trained, with what makes it different from its experiment. */
export interface Trainable extends Instance {
  readonly kind: 'experiment' | 'variant' | 'cell';
  /** The sweep that a cell belongs to. */
  readonly sweep: string | undefined;
  /** What it sets itself, as written: `model.serial_rates = [6, 12, 18]`. */
  readonly changes: readonly string[];
  /** The changes that tell it from its likes, for notes; none for experiments as declared. */
  readonly distinct: readonly string[];
  /** The declarations that lead to it: a warning allowed on any of them is allowed for it. */
  readonly declarations: readonly Span[];
}

/** A comparison with the names of what it compares. */
export interface Comparison {
  readonly declaration: ast.Compare;
  readonly members: readonly string[];
}

/** All that a file declares for training. */
export interface Instances {
  readonly trainables: readonly Trainable[];
  readonly sweeps: readonly Sweep[];
  readonly comparisons: readonly Comparison[];
}

/** Finds the experiments, variants and cells of a file, and the imported ones that its comparisons name. */
export function instancesOf(
  main: Module,
  sound: (declaration: ast.Declaration) => boolean,
  commandLine: readonly Entry[],
  sources: ReadonlyMap<string, SourceFile>,
  reporter: Reporter,
): Instances {
  const trainables = new Map<string, Trainable>();
  const sweeps = new Map<ast.Declaration, Sweep>();
  const comparisons: Comparison[] = [];

  const addSingle = (declared: Declared<ast.Experiment | ast.Variant>) => {
    const { declaration, module } = declared;
    const base = baseOf(declared, reporter);
    if (!base || !sound(base.experiment.declaration)) return undefined;
    const { name, kind } = declaration;
    const own = base.overrides.filter(
      ({ home, span }) => home === module && encloses(declaration.span, span),
    );
    const changes = [...own, ...commandLine].map((entry) => formatEntry(entry, sources));
    trainables.set(name.text, {
      name: name.text,
      kind,
      sweep: undefined,
      at: name.span,
      experiment: base.experiment,
      overrides: [...base.overrides, ...commandLine],
      changes,
      distinct: changes,
      declarations: [declaration.span, base.experiment.declaration.span],
    });
    return name.text;
  };

  const addSweep = (declared: Declared<ast.Sweep>) => {
    const { declaration } = declared;
    const existing = sweeps.get(declaration);
    if (existing) return existing;
    const sweep = expandSweep(declared, reporter);
    if (!sweep || !sound(sweep.base.experiment.declaration)) return undefined;
    sweeps.set(declaration, sweep);
    const { base, fixed, cells } = sweep;
    const print = (entry: Entry) => formatEntry(entry, sources);
    for (const { name, varied } of cells) {
      trainables.set(name, {
        name,
        kind: 'cell',
        sweep: declaration.name.text,
        at: declaration.name.span,
        experiment: base.experiment,
        overrides: [...base.overrides, ...fixed, ...varied, ...commandLine],
        changes: [...fixed, ...varied, ...commandLine].map(print),
        distinct: varied.map(print),
        declarations: [declaration.span, base.experiment.declaration.span],
      });
    }
    return sweep;
  };

  const members = (item: ast.Expression, module: Module): readonly string[] => {
    const cell = item.kind === 'index' ? item : undefined;
    const reference = cell ? cell.of : item;
    if (reference.kind !== 'reference') {
      if (reference.kind !== 'hole') {
        reporter.report('typeMismatch', {
          at: item.span,
          arguments: {
            what: '`compare`',
            expected: 'names of experiments, variants, sweeps or cells',
            actual: formatExpression(item, sources),
          },
        });
      }
      return [];
    }
    const kinds = cell ? (['sweep'] as const) : (['experiment', 'variant', 'sweep'] as const);
    const found = named(reference.name, module, kinds, reporter);
    if (!found || !sound(found.declaration)) return [];
    if (found.declaration.kind !== 'sweep') {
      const name = addSingle(found as Declared<ast.Experiment | ast.Variant>);
      return name === undefined ? [] : [name];
    }
    const cells = addSweep(found as Declared<ast.Sweep>)?.cells ?? [];
    if (!cell) return cells.map(({ name }) => name);
    const index = cell.at.kind === 'number' ? Number(cell.at.text) : -1;
    const chosen = cells[index];
    if (chosen) return [chosen.name];
    if (cells.length > 0) {
      reporter.report('indexOutOfRange', {
        at: cell.at.span,
        arguments: { index: formatExpression(cell.at, sources), length: cells.length },
      });
    }
    return [];
  };

  for (const declaration of main.file.declarations) {
    if (!sound(declaration)) continue;
    if (declaration.kind === 'experiment') addSingle({ declaration, module: main });
    if (declaration.kind === 'variant') {
      checkItems(declaration, reporter);
      addSingle({ declaration, module: main });
    }
    if (declaration.kind === 'sweep') addSweep({ declaration, module: main });
  }
  for (const declaration of main.file.declarations) {
    if (declaration.kind !== 'compare' || !sound(declaration)) continue;
    checkItems(declaration, reporter);
    const list = declaration.of.items.flatMap((item) => members(item, main));
    comparisons.push({ declaration, members: list });
  }
  return { trainables: [...trainables.values()], sweeps: [...sweeps.values()], comparisons };
}
