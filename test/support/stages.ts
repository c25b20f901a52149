import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { renderDiagnostics } from '../../src/compiler/diagnostics/render.ts';
import { compile } from '../../src/compiler/driver/compile.ts';
import type { Graph } from '../../src/compiler/ir/graph.ts';
import { SourceFile } from '../../src/compiler/source/source-file.ts';
import { formatFile } from '../../src/compiler/syntax/format/format.ts';
import { parseFile } from '../../src/compiler/syntax/parse.ts';
import { targets } from '../../src/compiler/targets/target.ts';
import { specHost } from './spec-host.ts';
import { treeText } from './tree-text.ts';

/** What the compiler makes of a file, stage by stage, by the name of the golden file. */
export const stages: Readonly<Record<string, (path: string, text: string) => string>> = {
  'tree.txt': (path, text) => treeText(parseFile(path, text, new Bag())),
  'formatted.cmrnet': (path, text) =>
    formatFile(parseFile(path, text, new Bag()), new SourceFile(path, text)),
  'diagnostics.txt': (path) => {
    const { diagnostics, sources } = compile(path, specHost());
    return renderDiagnostics(diagnostics, sources);
  },
  'experiments.json': (path) => {
    const { experiments, sweeps, compares } = compile(path, specHost());
    const plans = experiments.map(({ name, kind, overrides, plan }) => {
      // The network has a golden file of its own, and identities are tested where they are the subject.
      const { network, hash, ...rest } = plan ?? { network: null, hash: null };
      return { name, kind, overrides, plan: plan ? { ...rest, network: network?.network } : null };
    });
    return JSON.stringify({ experiments: plans, sweeps, compares }, null, 2);
  },
  'ir.txt': (path) => artefact(path, 'ir', '.ir.txt'),
  'summary.txt': (path) => artefact(path, 'summary', '.summary.txt'),
  'plan.json': (path) => artefact(path, 'tfjs', '.plan.json').replace(/"hash": "\w+"/, '"hash": "…"'),
  'step.txt': (path) => {
    const { graph, plan } = compile(path, specHost()).experiments.find((item) => item.plan)!;
    const { loss, train } = plan!;
    const [text] = targets.step.emit(graph!, {
      batch: train.batch,
      training: { loss, optimizer: train.optimizer },
    });
    return text!.content;
  },
  'diagram.mmd': (path) => artefact(path, 'mermaid', '.mmd'),
};

function artefact(path: string, target: keyof typeof targets, suffix: string): string {
  const { networks, experiments } = compile(path, specHost());
  const graph = networks[0]?.graph ?? experiments.find((item) => item.graph)?.graph;
  if (!graph) throw new Error(`${path} has no network`);
  const found = targets[target].emit(graph as Graph, {}).find((item) => item.suffix === suffix);
  return found!.content as string;
}
