import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  compile,
  cost,
  memory,
  plain,
  renderDiagnostics,
  renderSummary,
} from '../../../src/compiler/index.ts';
import { familyOf } from '../../../src/runtime/index.ts';
import { fileHost } from '../../environment/host.ts';
import { contextOf } from '../../study/selection.ts';
import type { CompiledSpec, SpecExperiment } from '../state/specs.ts';

/** The specs in this folder and in `specs`, and the one given. */
export function specsHere(given: string | null): readonly string[] {
  const found = ['.', 'specs', 'specs/baselines'].flatMap((folder) =>
    existsSync(folder)
      ? readdirSync(folder)
          .filter((name) => name.endsWith('.cmrnet'))
          .toSorted()
          .map((name) => join(folder, name))
      : [],
  );
  return [...new Set([...(given === null ? [] : [given]), ...found])];
}

/** Reads a spec and says what it comes to, and by which files. */
export function readSpec(
  path: string,
  overrides: readonly string[] = [],
  width = 100,
): { readonly compiled: CompiledSpec; readonly files: readonly string[] } {
  const begin = performance.now();
  const compilation = compile(path, fileHost(), { overrides });
  const { diagnostics, sources, sweeps, compares } = compilation;
  const count = (severity: string) => diagnostics.filter((item) => item.severity === severity).length;
  const errors = count('error');
  const text = renderDiagnostics(diagnostics, sources, { paint: plain, width });
  const experiments = errors > 0 ? [] : compilation.experiments.flatMap(experimentOf);
  const summary = diagnostics.length === 0 ? [] : [renderSummary(diagnostics)];
  const planned = [...sweeps.flatMap(({ cells }) => cells), ...compares.flatMap(({ members }) => members)];
  const compiled: CompiledSpec = {
    path,
    lines: [...text.split('\n'), ...summary].map((one) => one.trimEnd()),
    errors,
    warnings: count('warning'),
    experiments,
    studies: [...sweeps, ...compares].map(({ name }) => name),
    planned: planned.length > 0 ? planned : experiments.map(({ name }) => name),
    milliseconds: performance.now() - begin,
    time: Date.now(),
  };
  return { compiled, files: [...new Set([path, ...sources.keys()])].filter((name) => !name.startsWith('<')) };
}

function experimentOf({
  name,
  kind,
  overrides,
  graph,
  plan,
}: ReturnType<typeof compile>['experiments'][number]): readonly SpecExperiment[] {
  if (graph === null || plan === null) return [];
  const { parameters, multiplyAdds } = cost(graph);
  const { batch = 1, slots = 1 } = contextOf(plan);
  const trainingBytes = memory(graph, batch, slots).training.bytes;
  return [
    {
      name,
      kind,
      overrides,
      graph,
      plan,
      family: familyOf(plan),
      parameters: parameters.total,
      multiplyAdds,
      trainingBytes,
    },
  ];
}

/** When files were written last; another text when one of them changes. */
export function stampOf(files: readonly string[]): string {
  return files
    .map((file) => {
      const stat = statSync(file, { throwIfNoEntry: false });
      return stat === undefined ? '-' : `${stat.mtimeMs} ${stat.size}`;
    })
    .join('\n');
}
