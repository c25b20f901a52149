import { Bag, type Diagnostic } from '../diagnostics/diagnostic.ts';
import { Signatures } from '../semantics/names/signatures.ts';
import { allowancesIn } from '../semantics/program/annotations.ts';
import { loadProgram } from '../semantics/program/modules.ts';
import type { Program } from '../semantics/program/program.ts';
import { provenanceOf } from '../semantics/provenance.ts';
import { instancesOf } from '../semantics/studies/instances.ts';
import type { Host } from '../source/host.ts';
import { SourceFile } from '../source/source-file.ts';
import { commandLine, parseFile } from '../syntax/parse.ts';
import { checkDatasets, checkModules } from './checking.ts';
import type { Compilation } from './compilation.ts';
import type { Context } from './context.ts';
import { compileExperiments } from './experiments.ts';
import { Findings } from './findings.ts';
import { buildDeclaredNetworks, Networks } from './networks.ts';
import { readOverrides } from './overrides.ts';
import { compileStudies } from './studies.ts';
import { UnreadPlaces } from './unread-places.ts';

/** What the caller may add to a spec. */
export interface CompileOptions {
  /** Settings from the command line such as `train.epochs=2`; they are put on top of every experiment. */
  readonly overrides?: readonly string[];
  /** The experiment that they are meant for: what they do to the others of the file is not told. All where left out. */
  readonly experiment?: string;
}

/** Compiles a spec and all that it imports. Never fails: mistakes are diagnostics, and what is sound is still there. */
export function compile(path: string, host: Host, options: CompileOptions = {}): Compilation {
  const bag = new Bag();
  const program = loadProgram(path, host, parseFile, bag);
  if (program) return compileProgram(program, host, bag.sorted(), options);
  return {
    sources: new Map([[path, new SourceFile(path, '')]]),
    diagnostics: bag.sorted(),
    networks: [],
    experiments: [],
    sweeps: [],
    compares: [],
    provenance: [],
    documentation: new Map(),
  };
}

/** @param loading what was found while the files were read */
function compileProgram(
  program: Program,
  host: Host,
  loading: readonly Diagnostic[],
  { overrides: settings = [], experiment }: CompileOptions,
): Compilation {
  const { main, modules } = program;
  const bag = new Bag();
  const overrides = readOverrides(settings, main, bag);
  const { source } = overrides;
  const context: Context = {
    program,
    host,
    sources: new Map([...program.sources, ...(source ? [[source.path, source] as const] : [])]),
    unread: new UnreadPlaces(loading),
    signatures: new Signatures(bag),
    reporter: bag,
    ...(experiment !== undefined && { experiment }),
    findings: new Findings(modules.flatMap(({ file }) => allowancesIn(file))),
  };
  const { sources, unread, signatures, findings } = context;
  findings.add(loading);
  const networks = new Networks(signatures, checkModules(context));
  const declared = buildDeclaredNetworks(context, networks);
  findings.add(overrides.diagnostics);
  const instances = instancesOf(main, unread.isRead, overrides.entries, sources, bag);
  checkDatasets(context);
  const results = compileExperiments(instances.trainables, networks, context);
  const { sweeps, compares } = compileStudies(instances, results, context);
  findings.add(bag.sorted());
  return {
    sources,
    diagnostics: findings.sorted([main.path, ...modules.map((module) => module.path), commandLine]),
    networks: declared,
    experiments: [...results.values()].map(({ compiled }) => compiled),
    sweeps,
    compares,
    provenance: provenanceOf(main.file, sources),
    documentation: documentationOf(modules),
  };
}

/** What the files say of their blocks and networks. */
function documentationOf(modules: Program['modules']): Compilation['documentation'] {
  return new Map(
    modules.flatMap(({ file }) =>
      file.declarations.flatMap((one) =>
        one.documentation !== undefined && (one.kind === 'block' || one.kind === 'network')
          ? [[one.name.text, one.documentation] as const]
          : [],
      ),
    ),
  );
}
