import * as assert from 'uvu/assert';
import { renderDiagnostics } from '../../src/compiler/diagnostics/render.ts';
import type { Compilation, CompiledExperiment } from '../../src/compiler/driver/compilation.ts';
import { type CompileOptions, compile } from '../../src/compiler/driver/compile.ts';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import type { RunPlan } from '../../src/compiler/plan/run-plan.ts';
import { specHost } from './spec-host.ts';

/** Where a text under test stands: it can import the project's specs as `./paper.cmrnet`. */
export const examplePath = 'specs/example.cmrnet';

/** Compiles a text; `cmrnet 1` is put before it. */
export function compileText(text: string, options?: CompileOptions): Compilation {
  return compile(examplePath, specHost({ [examplePath]: `cmrnet 1\n\n${text}` }), options);
}

/** Compiles a text that must have no errors; a failure shows them as people see them. */
export function sound(text: string, options?: CompileOptions): Compilation {
  return withoutErrors(compileText(text, options));
}

/** Compiles a file of the project that must have no errors. */
export function soundFile(path: string, options?: CompileOptions): Compilation {
  return withoutErrors(compile(path, specHost(), options));
}

/** The codes of a compilation's errors, in the order in which they are shown. */
export function errorsOf({ diagnostics }: Compilation): readonly string[] {
  return diagnostics.filter(({ severity }) => severity === 'error').map(({ code }) => code);
}

/** The graph of the first network. */
export function graphOf(text: string): Graph {
  const [network] = sound(text).networks;
  assert.ok(network, 'there is no network');
  return network.graph;
}

export function experimentOf({ experiments }: Compilation, name: string): CompiledExperiment {
  const found = experiments.find((experiment) => experiment.name === name);
  assert.ok(found, `there is no experiment ${name}`);
  return found;
}

export function planOf(compilation: Compilation, name: string): RunPlan {
  const { plan } = experimentOf(compilation, name);
  assert.ok(plan, `${name} has no plan`);
  return plan;
}

function withoutErrors(compilation: Compilation): Compilation {
  const errors = compilation.diagnostics.filter(({ severity }) => severity === 'error');
  assert.is(errors.length, 0, renderDiagnostics(errors, compilation.sources));
  return compilation;
}
