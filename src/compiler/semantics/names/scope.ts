import type { Advice } from '../../diagnostics/diagnostic.ts';
import { didYouMean, suggestions } from '../../diagnostics/suggest.ts';
import { operationNames } from '../../ir/operations.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import type { Module, Reporter } from '../program/program.ts';
import { listFunctions } from '../values/list-functions.ts';
import { poison, type Value } from '../values/values.ts';
import { isOfVolumes, reportVolume } from './volumes.ts';

/** Names that can be seen from a place: its own, then those around it. */
export class Scope {
  readonly #values = new Map<string, Value>();
  readonly #places = new Map<string, Span>();
  readonly #decided = new Map<string, Span>();
  readonly #later = new Map<string, Span>();
  readonly #around: Scope | undefined;

  constructor(around?: Scope) {
    this.#around = around;
  }

  get(name: string): Value | undefined {
    return this.#values.get(name) ?? this.#around?.get(name);
  }

  /** Whether this very scope, not one around it, has the name. */
  owns(name: string): boolean {
    return this.#values.has(name);
  }

  /** @param place where the name is declared */
  set(name: string, value: Value, place?: Span): void {
    this.#values.set(name, value);
    if (place) this.#places.set(name, place);
  }

  /** Remembers a name that is declared further down, to say so where it is used before. */
  announce(name: string, place: Span): void {
    this.#later.set(name, place);
  }

  /** Where a name that is not there yet is declared further down. */
  later(name: string): Span | undefined {
    return this.#later.get(name) ?? this.#around?.later(name);
  }

  /** Remembers which argument of the surrounding call gave a parameter its value. */
  decide(name: string, argument: Span): void {
    this.#decided.set(name, argument);
  }

  /** The argument that gave the nearest parameter of a name its value. */
  decided(name: string): Span | undefined {
    return this.#values.has(name) ? this.#decided.get(name) : this.#around?.decided(name);
  }

  /** Where the nearest declaration of a name stands, when that is known. */
  place(name: string): Span | undefined {
    return this.#values.has(name) ? this.#places.get(name) : this.#around?.place(name);
  }

  /** All names, the nearest first. */
  names(): readonly string[] {
    return [...this.#values.keys(), ...(this.#around?.names() ?? [])];
  }

  /** The values of this very scope. */
  own(): ReadonlyMap<string, Value> {
    return this.#values;
  }
}

/** The functions that every body can call; in settings they are values of type `block`. */
export const bodyFunctions: readonly string[] = [
  ...operationNames.filter((name) => name !== 'input'),
  ...Object.keys(listFunctions),
];

/** The scopes of files that were asked for before: every body needs one, and it holds all names of the file. */
const moduleScopes = new WeakMap<Module, Map<readonly string[], Scope>>();
const noFunctions: readonly string[] = [];

/** The scope of a file: its declarations and the imported ones, and the functions that are always there. */
export function moduleScope(module: Module, functions = noFunctions): Scope {
  const scopes = moduleScopes.get(module) ?? new Map<readonly string[], Scope>();
  moduleScopes.set(module, scopes);
  const scope = scopes.get(functions) ?? makeModuleScope(module, functions);
  scopes.set(functions, scope);
  return scope;
}

function makeModuleScope(module: Module, functions: readonly string[]): Scope {
  const builtin = new Scope();
  for (const name of functions) builtin.set(name, { kind: 'function', name });
  const scope = new Scope(builtin);
  for (const name of module.unresolved) scope.set(name, poison);
  for (const [name, declared] of module.names) scope.set(name, { kind: 'declared', declared });
  return scope;
}

/** The value of a name that is used as a value or called; one that nothing has is reported. */
export function lookup(name: ast.Name, scope: Scope, use: 'value' | 'callee', reporter: Reporter): Value {
  const value = scope.get(name.text);
  if (value) return value;
  if (use === 'callee' && isOfVolumes(name.text)) reportVolume(`\`${name.text}\``, name.span, reporter);
  else if (name.text !== '') {
    const candidates = fittingNames(scope, use);
    const later = scope.later(name.text);
    const stage = stageWith(name.text, scope);
    reporter.report('unknownName', {
      at: name.span,
      arguments: { kind: use === 'value' ? 'value' : missingCallee(name.text, scope), name: name.text },
      notes: candidates.length === 1 && use === 'value' ? [`the only name here is \`${candidates[0]}\``] : [],
      secondary: later ? [{ span: later, text: 'declared only here' }] : [],
      help: later
        ? [{ message: 'a name can be used below its declaration: exchange the two' }]
        : stage
          ? [inStage(name, stage)]
          : didYouMean(name.span, name.text, candidates),
    });
  }
  return poison;
}

/** The stage in sight that has a name. */
function stageWith(name: string, scope: Scope): string | undefined {
  return scope.names().find((other) => {
    const value = scope.get(other);
    return value?.kind === 'stage' && value.members.has(name);
  });
}

function inStage({ span, text }: ast.Name, stage: string): Advice<'spelling'> {
  const path = `${stage}.${text}`;
  return {
    message: `it is in the stage \`${stage}\`: write \`${path}\``,
    fix: 'spelling',
    edits: [{ span, text: path }],
  };
}

/** The names that can stand where one is missing: what can be called, or what is a value. */
function fittingNames(scope: Scope, use: 'value' | 'callee'): readonly string[] {
  return scope.names().filter((name) => {
    const value = scope.get(name)!;
    if (use === 'value') return value.kind !== 'function' && (value.kind !== 'declared' || isBlock(value));
    const type = value.kind === 'unknown' ? value.type.kind : undefined;
    const calls = value.kind === 'function' || value.kind === 'layer' || type === 'block' || type === 'any';
    return calls || (value.kind === 'declared' && isBlock(value));
  });
}

function isBlock({ declared }: Value & { readonly kind: 'declared' }): boolean {
  return declared.declaration.kind === 'block';
}

/** What a name that nothing has was meant to call: what the name nearest to it is, else what its capital suggests. */
function missingCallee(name: string, scope: Scope): 'block' | 'operation' {
  const [nearest] = suggestions(name, fittingNames(scope, 'callee'));
  const value = nearest === undefined ? undefined : scope.get(nearest);
  if (value?.kind === 'function') return 'operation';
  return value?.kind === 'declared' || blockSpelling.test(name) ? 'block' : 'operation';
}

/** Blocks are capitalised by convention, and no operation is. */
const blockSpelling = /^[A-Z]/;
