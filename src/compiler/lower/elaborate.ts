import { GraphBuilder } from '../ir/builder.ts';
import type { Graph } from '../ir/graph.ts';
import { bindParameters, unknownParameters } from '../semantics/names/parameters.ts';
import { bodyFunctions, moduleScope, Scope } from '../semantics/names/scope.ts';
import type { Signatures } from '../semantics/names/signatures.ts';
import type { Declared, Reporter } from '../semantics/program/program.ts';
import { listFunctions } from '../semantics/values/list-functions.ts';
import {
  type BlockApplication,
  formatValue,
  type Given,
  poison,
  type Value,
} from '../semantics/values/values.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import type { Elaboration, Frame, TensorOperand } from './frame.ts';
import { PathTable } from './naming.ts';
import { runBody } from './statements.ts';

/** Ten times the layers of the largest networks in use; blocks that apply others twice would double without end. */
const maxLayers = 10_000;

/** Deeper nesting than any real network has: blocks given to themselves as arguments would never end. */
const maxDepth = 64;

type Body = Declared<ast.Block | ast.Network>;

/** Checks the names, arguments and types of a body without making anything of it. */
export function checkBody(body: Body, signatures: Signatures, reporter: Reporter): void {
  const elaborating = new Elaborating(undefined, reporter, signatures, new Set(), body.declaration.name.text);
  const { declaration, module } = body;
  const around = moduleScope(module, bodyFunctions);
  const parameters = signatures.of(declaration.parameters);
  for (const name of [declaration.name, ...declaration.parameters.map((parameter) => parameter.name)]) {
    if (!bodyFunctions.includes(name.text)) continue;
    reporter.report('takenName', {
      at: name.span,
      arguments: { name: name.text, what: name.text in listFunctions ? 'a function' : 'an operation' },
    });
  }
  bindParameters(parameters, new Map(), around, reporter);
  runBody(declaration.body, {
    kind: declaration.kind,
    name: declaration.name.text,
    frame: elaborating.frame(),
    scope: new Scope(unknownParameters(parameters, around)),
    path: '',
    operands: undefined,
  });
}

/**
 * The graph of a network with the given parameters: blocks inlined, weights named, shapes inferred.
 * Undefined when a mistake was reported.
 * @param unsound bodies that {@link checkBody} found mistakes in, which are not reported again
 */
export function elaborate(
  network: Declared<ast.Network>,
  given: ReadonlyMap<string, Given>,
  signatures: Signatures,
  unsound: ReadonlySet<ast.Declaration>,
  reporter: Reporter,
): Graph | undefined {
  const { declaration, module } = network;
  if (unsound.has(declaration)) return undefined;
  let sound = true;
  const watching: Reporter = {
    report: (name, details) => {
      sound = false;
      reporter.report(name, details);
    },
  };
  const parameters = signatures.of(declaration.parameters);
  const scope = bindParameters(parameters, given, moduleScope(module, bodyFunctions), watching);
  if ([...scope.own().values()].some((value) => value.kind === 'poison')) return undefined;
  const printed = [...scope.own()].map(([name, value]) => ({ name, value: formatValue(value) }));
  const builder = new GraphBuilder(declaration.name.text, printed);
  const elaborating = new Elaborating(builder, watching, signatures, unsound, declaration.name.text);
  runBody(declaration.body, {
    kind: 'network',
    name: declaration.name.text,
    frame: elaborating.frame(),
    scope: new Scope(scope),
    path: '',
    operands: undefined,
  });
  return sound && elaborating.isComplete ? builder.build() : undefined;
}

class Elaborating implements Elaboration {
  readonly builder: GraphBuilder | undefined;
  readonly signatures: Signatures;
  readonly origins = new PathTable();
  /** Whether every head was made, and no body with mistakes was left out. */
  isComplete = true;
  #size = 0;
  readonly #name: string;
  readonly #reporter: Reporter;
  readonly #unsound: ReadonlySet<ast.Declaration>;

  constructor(
    builder: GraphBuilder | undefined,
    reporter: Reporter,
    signatures: Signatures,
    unsound: ReadonlySet<ast.Declaration>,
    name: string,
  ) {
    this.#name = name;
    this.builder = builder;
    this.#reporter = reporter;
    this.signatures = signatures;
    this.#unsound = unsound;
  }

  leaveOut(): void {
    this.isComplete = false;
  }

  mayGrow(at: Span): boolean {
    this.#size += 1;
    if (this.#size === maxLayers + 1) {
      this.#reporter.report('tooManyLayers', {
        at,
        arguments: { name: this.#name, limit: maxLayers },
        notes: ['every layer counts, and every block that is applied, as often as it is applied'],
        help: [{ message: 'repeat less, or nest blocks less deeply' }],
      });
    }
    return this.#size <= maxLayers;
  }

  frame(): Frame {
    return { elaboration: this, reporter: this.#reporter, layers: new PathTable(), within: [] };
  }

  instantiate(
    { block, given, span }: BlockApplication,
    operands: ReadonlyMap<string, TensorOperand>,
    path: string,
    frame: Frame,
  ): Value {
    const { declaration, module } = block;
    const { name } = declaration;
    if (this.#unsound.has(declaration)) {
      this.leaveOut();
      return poison;
    }
    if (frame.within.length > maxDepth) {
      frame.reporter.report('recursiveBlock', { at: span, arguments: { name: name.text } });
      return poison;
    }
    if (!this.mayGrow(span)) return poison;
    const inside: Frame = {
      ...frame,
      reporter: instanceReporter(this.#reporter, path),
      within: [{ block: name.text, path, span }, ...frame.within],
    };
    const parameters = this.signatures.of(declaration.parameters);
    const scope = bindParameters(parameters, given, moduleScope(module, bodyFunctions), inside.reporter);
    if ([...scope.own().values()].some((value) => value.kind === 'poison')) return poison;
    return runBody(declaration.body, {
      kind: 'block',
      name: name.text,
      frame: inside,
      scope: new Scope(scope),
      path,
      operands,
    });
  }
}

/** Adds to each mistake the path of the instance in which it occurs. */
function instanceReporter(reporter: Reporter, path: string): Reporter {
  return {
    report: (name, details) =>
      reporter.report(name, { ...details, notes: [...(details.notes ?? []), `at \`${path}\``] }),
  };
}
