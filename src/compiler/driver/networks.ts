import { Bag, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Graph } from '../ir/graph.ts';
import { elaborate } from '../lower/elaborate.ts';
import { analyse } from '../passes/analyse.ts';
import type { AnalysisContext } from '../passes/analysis/finding.ts';
import { deadCode } from '../passes/dead-code.ts';
import type { Signatures } from '../semantics/names/signatures.ts';
import type { Declared } from '../semantics/program/program.ts';
import { formatValue, type Given } from '../semantics/values/values.ts';
import type * as ast from '../syntax/ast.ts';
import { emitPlan } from '../targets/tfjs/emit.ts';
import type { LayersPlan } from '../targets/tfjs/plan.ts';
import type { Compilation } from './compilation.ts';
import type { Context } from './context.ts';

/** A network with the values of its parameters. */
export interface BuiltNetwork {
  /** Undefined when it has mistakes. */
  readonly graph: Graph | undefined;
  /** The mistakes in it. */
  readonly diagnostics: readonly Diagnostic[];
  /** What targets are made of: the graph without what no head needs. */
  readonly target: { readonly graph: Graph; readonly plan: LayersPlan } | undefined;
  /** What the analysis says of it, by what is known beside the graph. */
  readonly analyses: Map<string, readonly Diagnostic[]>;
}

/** Builds networks, each once for all experiments that give it the same values. */
export class Networks {
  readonly #signatures: Signatures;
  readonly #unsound: ReadonlySet<ast.Declaration>;
  readonly #networks = new Map<string, BuiltNetwork>();

  /** @param unsound blocks and networks with mistakes, of which nothing is built */
  constructor(signatures: Signatures, unsound: ReadonlySet<ast.Declaration>) {
    this.#signatures = signatures;
    this.#unsound = unsound;
  }

  build(network: Declared<ast.Network>, given: ReadonlyMap<string, Given>): BuiltNetwork {
    const key = keyOf(network, given);
    const existing = this.#networks.get(key);
    if (existing) return existing;
    const bag = new Bag();
    const elaborated = elaborate(network, given, this.#signatures, this.#unsound, bag);
    // Without heads, as where a mistake left them unread, there is no network to speak of.
    const graph = elaborated && elaborated.heads.length > 0 ? elaborated : undefined;
    const live = graph && deadCode.run(graph);
    const built: BuiltNetwork = {
      graph,
      diagnostics: bag.sorted(),
      target: live && { graph: live, plan: emitPlan(live) },
      analyses: new Map(),
    };
    this.#networks.set(key, built);
    return built;
  }

  /** What can be told about a network before it is trained; nothing of one with mistakes. */
  analyse({ graph, analyses }: BuiltNetwork, context: AnalysisContext): readonly Diagnostic[] {
    if (!graph) return [];
    const key = JSON.stringify(context);
    const diagnostics = analyses.get(key) ?? analyse(graph, context);
    analyses.set(key, diagnostics);
    return diagnostics;
  }
}

/** Equal for calls that build the same network. Declarations are named with their files. */
function keyOf({ declaration, module }: Declared<ast.Network>, given: ReadonlyMap<string, Given>): string {
  const values = [...given].map(([name, { value }]) => {
    const home = value.kind === 'declared' ? `${value.declared.module.path} ` : '';
    return `${name} = ${home}${formatValue(value)}`;
  });
  return JSON.stringify([module.path, declaration.name.text, ...values.sort()]);
}

/** The networks of the main file that need no arguments, whether an experiment trains them or not. */
export function buildDeclaredNetworks(
  { program: { main }, findings }: Context,
  networks: Networks,
): Compilation['networks'] {
  return main.file.declarations.flatMap((declaration) => {
    if (declaration.kind !== 'network') return [];
    if (declaration.parameters.some(({ initial }) => initial === undefined)) return [];
    const name = declaration.name.text;
    const network = networks.build({ declaration, module: main }, new Map());
    const subject = { name, distinct: [], declarations: [declaration.span] };
    findings.add(network.diagnostics, subject);
    findings.add(networks.analyse(network, {}), subject);
    return network.target ? [{ name, graph: network.target.graph }] : [];
  });
}
