import { operations } from '../ir/operations.ts';
import { listFunctions } from '../semantics/values/list-functions.ts';
import type * as ast from '../syntax/ast.ts';

/** Hands out paths that are used once: the first `a/conv` keeps its name, the next is `a/conv.1`. */
export class PathTable {
  readonly #uses = new Map<string, number>();

  take(path: string): string {
    const uses = this.#uses.get(path) ?? 0;
    this.#uses.set(path, uses + 1);
    return uses === 0 ? path : `${path}.${uses}`;
  }
}

/**
 * Names what one statement makes, after the bindings that lead to it, so that a checkpoint survives edits elsewhere.
 * Operations are named `path/operation`; blocks and repeats have paths of their own.
 */
export class Site {
  /** Where the statement's plain operations go. */
  readonly path: string;
  readonly #counts: Map<string, number>;
  readonly #used = new Map<string, number>();
  readonly #group: (name: string) => string;

  private constructor(path: string, expressions: readonly ast.Expression[], group: (name: string) => string) {
    this.path = path;
    this.#group = group;
    const counts = new Map<string, number>();
    for (const name of expressions.flatMap(applications)) {
      counts.set(group(name), (counts.get(group(name)) ?? 0) + 1);
    }
    this.#counts = counts;
  }

  /** Of a `let`, a head or a step of a repeat: blocks take the binding's own path, numbered when there are several. */
  static binding(path: string, ...expressions: readonly ast.Expression[]): Site {
    return new Site(path, expressions, () => path);
  }

  /** Of an `output`: blocks are named after themselves in snake case, numbered when there are several of a name. */
  static output(path: string, expression: ast.Expression): Site {
    return new Site(path, [expression], (name) => join(path, snakeCase(name)));
  }

  /** A block of this name turned out to be a value that waits for its tensors, so that it needs no path. */
  leaveOut(name: string): void {
    const path = this.#group(name);
    this.#counts.set(path, (this.#counts.get(path) ?? 1) - 1);
  }

  /** The path of the next block or repeat of this name. */
  next(name: string): string {
    const path = this.#group(name);
    const used = this.#used.get(path) ?? 0;
    this.#used.set(path, used + 1);
    return (this.#counts.get(path) ?? 0) > 1 ? `${path}.${used}` : path;
  }
}

export function join(path: string, name: string): string {
  return path === '' ? name : `${path}/${name}`;
}

/** `FpmA` → `fpm_a`. */
function snakeCase(name: string): string {
  return name.replace(/(?<=.)[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}

/** The names of the blocks and repeats that an expression applies, as written and in that order. */
function applications(expression: ast.Expression): readonly string[] {
  switch (expression.kind) {
    case 'pipe':
      return [...applications(expression.value), ...applications(expression.applied)];
    case 'repeat':
      return [...applications(expression.over), expression.mode];
    case 'call': {
      const own = calleeName(expression);
      const nested = expression.arguments.flatMap((argument) => applications(argument.value));
      return own === undefined || own in operations || own in listFunctions ? nested : [...nested, own];
    }
    case 'list':
    case 'tuple':
      return expression.items.flatMap(applications);
    case 'binary':
      return [...applications(expression.left), ...applications(expression.right)];
    case 'negation':
    case 'spread':
      return applications(expression.value);
    case 'member':
      return applications(expression.of);
    case 'index':
      return [...applications(expression.of), ...applications(expression.at)];
    default:
      return [];
  }
}

/** The name of what a call calls: `blocks` of `blocks[0](8)`. */
export function calleeName({ callee }: ast.Call): string | undefined {
  let named = callee;
  while (named.kind === 'index') named = named.of;
  if (named.kind === 'member') return named.name.text;
  return named.kind === 'reference' ? named.name.text : undefined;
}
