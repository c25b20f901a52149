import { Bag } from '../diagnostics/diagnostic.ts';
import { checkBody } from '../lower/elaborate.ts';
import { resolveDataset } from '../semantics/experiments/dataset.ts';
import type { Module } from '../semantics/program/program.ts';
import { rules } from '../semantics/rules.ts';
import { checkLoss } from '../semantics/settings/losses/declaration.ts';
import { encloses } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import type { Context } from './context.ts';

/**
 * Checks what needs no values: the rules about files, and the bodies of blocks, networks and losses.
 * @returns the blocks and networks that have mistakes
 */
export function checkModules(context: Context): ReadonlySet<ast.Declaration> {
  return new Set(context.program.modules.flatMap((module) => checkModule(module, context)));
}

function checkModule(module: Module, context: Context): readonly ast.Declaration[] {
  const { unread, signatures, findings } = context;
  const violations = new Bag();
  if (unread.isWhole(module.path)) for (const rule of rules) rule(module, violations);
  findings.add(violations.sorted());
  const errors = violations.sorted().filter(({ severity }) => severity === 'error');
  return module.file.declarations.filter((declaration) => {
    if (declaration.kind === 'loss' && unread.isRead(declaration)) {
      const bag = new Bag();
      checkLoss({ declaration, module }, signatures, bag);
      findings.add(bag.sorted());
    }
    if (declaration.kind !== 'block' && declaration.kind !== 'network') return false;
    const bag = new Bag();
    const read = unread.isRead(declaration);
    if (read) checkBody({ declaration, module }, signatures, bag);
    findings.add(bag.sorted());
    return bag.hasErrors || !read || errors.some(({ primary }) => encloses(declaration.span, primary.span));
  });
}

/** Checks the datasets of the main file that need no arguments, whether an experiment uses them or not. */
export function checkDatasets(context: Context): void {
  const { program, unread, signatures, host, reporter } = context;
  const { main } = program;
  for (const declaration of main.file.declarations) {
    if (declaration.kind !== 'dataset' || !unread.isRead(declaration)) continue;
    if (declaration.parameters.some(({ initial }) => initial === undefined)) continue;
    const chosen = { declared: { declaration, module: main }, given: new Map(), settings: new Map() };
    const source = resolveDataset(chosen, signatures, host.resolve, reporter)?.plan.source;
    if (source?.kind === 'manifest') checkManifest(declaration, source.path, context);
  }
}

/** A spec may be written where its data are not, so this is a note; training refuses. */
function checkManifest({ settings, name }: ast.Dataset, path: string, { host, reporter }: Context): void {
  if (host.read(path) !== undefined) return;
  const entry = settings.entries.find(({ path: { names } }) => names.at(-1)?.text === 'manifest');
  reporter.report('missingManifest', {
    at: entry?.value.span ?? name.span,
    arguments: { path },
    help: [{ message: 'write one with `cmrc data import`, before this is trained here' }],
  });
}
