import { Bag, type Diagnostic } from '../diagnostics/diagnostic.ts';
import type { Ablation } from '../diff/ablation.ts';
import type { Graph } from '../ir/graph.ts';
import { checkBody, elaborate } from '../lower/elaborate.ts';
import { analyse } from '../passes/analyse.ts';
import type { AnalysisContext } from '../passes/analysis/finding.ts';
import { deadCode } from '../passes/dead-code.ts';
import type { RunPlan } from '../plan/run-plan.ts';
import { resolveDataset } from '../semantics/experiments/dataset.ts';
import { type ResolvedExperiment, resolveExperiment } from '../semantics/experiments/experiment.ts';
import { type Given, Signatures } from '../semantics/names/parameters.ts';
import { allowancesIn } from '../semantics/program/annotations.ts';
import { loadProgram } from '../semantics/program/modules.ts';
import type { Declared, Module, Program } from '../semantics/program/program.ts';
import { type Provenance, provenanceOf } from '../semantics/provenance.ts';
import { rules } from '../semantics/rules.ts';
import { type Entry, entriesOf, pathOf } from '../semantics/settings/tree.ts';
import { type Instances, instancesOf, type Trainable } from '../semantics/studies/instances.ts';
import { type ReportPlan, reportsOf } from '../semantics/studies/reports.ts';
import { formatExpression, type Sweep } from '../semantics/studies/sweeps.ts';
import { comparedBy, variedBy } from '../semantics/studies/varied.ts';
import { formatValue } from '../semantics/values/values.ts';
import type { Host } from '../source/host.ts';
import { SourceFile } from '../source/source-file.ts';
import type { Span } from '../source/span.ts';
import type * as ast from '../syntax/ast.ts';
import { commandLine, parseFile, parseOverride } from '../syntax/parse.ts';
import { emitPlan } from '../targets/tfjs/emit.ts';
import type { LayersPlan } from '../targets/tfjs/plan.ts';
import { assemblePlan, trainingSize } from './assemble.ts';
import { type Controlled, checkControls, reportIdentical } from './controls.ts';
import { Findings } from './findings.ts';
import { StepBudget } from './step-budget.ts';

/** What the caller may add to a spec. */
export interface CompileOptions {
  /** Settings from the command line such as `train.epochs=2`; they are put on top of every experiment. */
  readonly overrides?: readonly string[];
}

/** Everything that a spec says, ready to be printed, trained or exported. */
export interface Compilation {
  /** All files that were read, by path, and the command line if it was. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  /** All mistakes, warnings and notes of all phases: by file, the main file first, then by place. */
  readonly diagnostics: readonly Diagnostic[];
  /** The networks of the main file that need no arguments. */
  readonly networks: readonly { readonly name: string; readonly graph: Graph }[];
  readonly experiments: readonly CompiledExperiment[];
  readonly sweeps: readonly CompiledSweep[];
  readonly compares: readonly CompiledCompare[];
  /** The source of every value of the main file. */
  readonly provenance: readonly Provenance[];
}

/** An experiment, a variant, or a cell of a sweep. */
export interface CompiledExperiment {
  readonly name: string;
  readonly kind: 'experiment' | 'variant' | 'cell';
  /** The sweep that a cell belongs to. */
  readonly sweep: string | undefined;
  /** What it changes, as written: `model.serial_rates = [6, 12, 18]`. */
  readonly overrides: readonly string[];
  /** What a study that it belongs to may take, and where the spec says so. It is no part of a run's identity. */
  readonly budget: {
    readonly hours: number | null;
    /** In MB. */
    readonly memory: number | null;
    readonly at: { readonly hours: Span; readonly memory: Span };
  };
  /** Why nothing is published under a path of a metric, as the spec says it. */
  readonly unpublished: Readonly<Record<string, string>>;
  /** Null when the network has mistakes. */
  readonly graph: Graph | null;
  /** Null when anything has mistakes. */
  readonly plan: RunPlan | null;
}

/** A sweep: its cells are experiments of their own. */
export interface CompiledSweep {
  readonly name: string;
  readonly of: string;
  readonly axes: readonly {
    readonly paths: readonly string[];
    readonly values: readonly (readonly string[])[];
  }[];
  /** Names of experiments, in the order written. */
  readonly cells: readonly string[];
  readonly reports: readonly ReportPlan[];
  /** In what the cells differ; undefined when some have mistakes, or there are none. */
  readonly ablation: Ablation | undefined;
}

/** Experiments that are shown side by side. */
export interface CompiledCompare {
  readonly name: string;
  readonly members: readonly string[];
  readonly reports: readonly ReportPlan[];
  /** In what the members differ; undefined when some have mistakes, or there are none. */
  readonly ablation: Ablation | undefined;
}

/** Compiles a spec and all that it imports. Never fails: mistakes are diagnostics, and what is sound is still there. */
export function compile(path: string, host: Host, options: CompileOptions = {}): Compilation {
  const texts = new Bag();
  const program = loadProgram(path, host, parseFile, texts);
  if (!program) {
    const source = new SourceFile(path, '');
    return {
      sources: new Map([[path, source]]),
      diagnostics: texts.sorted(),
      networks: [],
      experiments: [],
      sweeps: [],
      compares: [],
      provenance: [],
    };
  }
  return new Compiling(program, host, texts).run(options.overrides ?? []);
}

interface Built {
  /** As written, for analysis. */
  readonly graph: Graph;
  /** Without what no head needs, for targets. */
  readonly passed: Graph;
  readonly plan: LayersPlan;
}

class Compiling {
  readonly #program: Program;
  readonly #host: Host;
  readonly #sources: Map<string, SourceFile>;
  readonly #findings: Findings;
  /** Places that could not be read; what is around them is not checked further. */
  readonly #unread: readonly Span[];
  readonly #bag = new Bag();
  readonly #signatures = new Signatures(this.#bag);
  readonly #unsound = new Set<ast.Declaration>();
  readonly #networks = new Map<string, { built: Built | undefined; diagnostics: readonly Diagnostic[] }>();
  readonly #analyses = new Map<string, readonly Diagnostic[]>();
  readonly #stepBudget = new StepBudget();

  constructor(program: Program, host: Host, texts: Bag) {
    this.#program = program;
    this.#host = host;
    this.#sources = new Map(program.sources);
    this.#findings = new Findings(program.modules.flatMap(({ file }) => allowancesIn(file)));
    const items = texts.sorted();
    this.#unread = items.filter(({ code }) => code.startsWith('CMR1')).map(({ primary }) => primary.span);
    this.#findings.add(items);
  }

  run(overrides: readonly string[]): Compilation {
    const { main, modules } = this.#program;
    for (const module of modules) this.#check(module);
    const networks = this.#declaredNetworks(main);
    const entries = this.#commandLine(overrides, main);
    const instances = instancesOf(main, (part) => this.#isRead(part), entries, this.#sources, this.#bag);
    this.#unusedDatasets(main);
    const resolved = new Map<string, ResolvedExperiment>();
    const experiments = instances.trainables.map((trainable) => this.#experiment(trainable, resolved));
    const { sweeps, compares } = this.#reports(instances, resolved, experiments);
    this.#findings.add(this.#bag.sorted());
    return {
      sources: this.#sources,
      diagnostics: this.#findings.sorted([main.path, ...modules.map(({ path }) => path), commandLine]),
      networks,
      experiments,
      sweeps,
      compares,
      provenance: provenanceOf(main.file, this.#sources),
    };
  }

  /** Checks what needs no values: the rules about files, and the bodies of blocks and networks. */
  #check(module: Module): void {
    const whole = !this.#unread.some(({ file }) => file === module.path);
    const broken = new Bag();
    if (whole) for (const rule of rules) rule(module, broken);
    this.#findings.add(broken.sorted());
    const errors = broken.sorted().filter(({ severity }) => severity === 'error');
    for (const declaration of module.file.declarations) {
      if (declaration.kind !== 'block' && declaration.kind !== 'network') continue;
      const bag = new Bag();
      if (this.#isRead(declaration)) checkBody({ declaration, module }, this.#signatures, bag);
      const lawless = errors.some(({ primary }) => isWithin(primary.span, declaration.span));
      if (bag.hasErrors || lawless || !this.#isRead(declaration)) this.#unsound.add(declaration);
      this.#findings.add(bag.sorted());
    }
  }

  #isRead({ span }: ast.Declaration): boolean {
    return !this.#unread.some(
      ({ file, start }) => file === span.file && span.start <= start && start <= span.end,
    );
  }

  #declaredNetworks(main: Module): Compilation['networks'] {
    return main.file.declarations.flatMap((declaration) => {
      if (declaration.kind !== 'network') return [];
      if (declaration.parameters.some(({ initial }) => initial === undefined)) return [];
      const { built, diagnostics } = this.#network({ declaration, module: main }, new Map());
      const subject = { name: declaration.name.text, distinct: [], declarations: [declaration.span] };
      this.#findings.add(diagnostics, subject);
      if (!built) return [];
      this.#findings.add(this.#analysis(built.graph, {}), subject);
      return [{ name: declaration.name.text, graph: built.passed }];
    });
  }

  #commandLine(overrides: readonly string[], main: Module): readonly Entry[] {
    if (overrides.length === 0) return [];
    const text = overrides.join('\n');
    this.#sources.set(commandLine, new SourceFile(commandLine, text));
    const bag = new Bag();
    let offset = 0;
    const settings = overrides.flatMap((override) => {
      // Blank lines above keep every override at its place in the joined text.
      const before = text.slice(0, offset).replace(/[^\n]/g, ' ');
      offset += override.length + 1;
      return parseOverride(before + override, bag) ?? [];
    });
    this.#findings.add(bag.sorted());
    return bag.hasErrors ? [] : entriesOf(settings, main, true, this.#bag);
  }

  #network(network: Declared<ast.Network>, given: ReadonlyMap<string, Given>) {
    const { declaration, module } = network;
    const values = [...given].map(([name, { value }]) => {
      const home = value.kind === 'declared' ? `${value.declared.module.path} ` : '';
      return `${name} = ${home}${formatValue(value)}`;
    });
    const key = JSON.stringify([module.path, declaration.name.text, ...values.sort()]);
    const known = this.#networks.get(key);
    if (known) return known;
    const bag = new Bag();
    const graph = elaborate(network, given, this.#signatures, this.#unsound, bag);
    const passed = graph && deadCode.run(graph);
    const made = {
      built: graph && passed && { graph, passed, plan: emitPlan(passed) },
      diagnostics: bag.sorted(),
    };
    this.#networks.set(key, made);
    return made;
  }

  #analysis(graph: Graph, context: AnalysisContext): readonly Diagnostic[] {
    const ids = [...this.#networks.values()].findIndex(({ built }) => built?.graph === graph);
    const key = JSON.stringify([ids, context]);
    const known = this.#analyses.get(key) ?? analyse(graph, context);
    this.#analyses.set(key, known);
    return known;
  }

  /** Datasets that no experiment uses are checked as well. */
  #unusedDatasets(main: Module): void {
    for (const declaration of main.file.declarations) {
      if (declaration.kind !== 'dataset' || !this.#isRead(declaration)) continue;
      if (declaration.parameters.some(({ initial }) => initial === undefined)) continue;
      const chosen = { declared: { declaration, module: main }, given: new Map(), settings: new Map() };
      resolveDataset(chosen, this.#signatures, this.#host.resolve, this.#bag);
    }
  }

  #experiment(trainable: Trainable, all: Map<string, ResolvedExperiment>): CompiledExperiment {
    const { name, kind, sweep, changes } = trainable;
    const bag = new Bag();
    const resolved = resolveExperiment(trainable, this.#signatures, this.#host.resolve, bag);
    all.set(name, resolved);
    const { model } = resolved;
    const network = model && this.#network(model.declared, model.given);
    const built = network?.built;
    const plan =
      built && assemblePlan(name, this.#program.main.path, resolved, built.passed, built.plan, bag);
    if (built && plan) {
      this.#stepBudget.check(built.passed, plan.loss, plan.train, resolved.place('train', 'memory'), bag);
    }
    const declared = model ? [model.declared.declaration.span] : [];
    const subject = { ...trainable, declarations: [...trainable.declarations, ...declared] };
    this.#findings.add(network?.diagnostics ?? [], subject);
    this.#findings.add(bag.sorted(), subject);
    if (built) this.#findings.add(this.#analysis(built.graph, contextOf(resolved)), subject);
    return {
      name,
      kind,
      sweep,
      overrides: changes,
      budget: {
        ...(resolved.budget ?? { hours: null, memory: null }),
        at: { hours: resolved.place('budget', 'hours'), memory: resolved.place('budget', 'memory') },
      },
      unpublished: resolved.unpublished,
      graph: built?.passed ?? null,
      plan: plan && !bag.hasErrors ? plan : null,
    };
  }

  #reports(
    { sweeps, comparisons, trainables }: Instances,
    resolved: ReadonlyMap<string, ResolvedExperiment>,
    experiments: readonly CompiledExperiment[],
  ): Pick<Compilation, 'sweeps' | 'compares'> {
    const reports = (declaration: ast.Sweep | ast.Compare, first: ResolvedExperiment | undefined) => {
      const { heads, evaluate } = first ?? {};
      return heads && evaluate ? reportsOf(declaration, { heads, evaluate }, this.#bag) : [];
    };
    // Without cells, what a sweep starts from tells what it could report; its own mistakes are no business here.
    const base = ({ base, declaration }: Sweep) =>
      resolveExperiment(
        { ...base, name: declaration.name.text, at: declaration.name.span },
        this.#signatures,
        this.#host.resolve,
        new Bag(),
      );
    const named = (names: readonly string[]) =>
      names.map((name) => experiments.find((one) => one.name === name)!);
    for (const { declaration, cells } of sweeps) {
      reportIdentical(declaration.name.span, named(cells.map(({ name }) => name)), this.#bag);
    }
    const ablation = (
      declaration: ast.Sweep | ast.Compare,
      members: readonly string[],
      varied: Controlled['varied'],
    ) => this.#ablation(declaration, named(members), varied);
    return {
      sweeps: sweeps.map((sweep) => ({
        name: sweep.declaration.name.text,
        of: sweep.declaration.of.text,
        axes: this.#axes(sweep),
        cells: sweep.cells.map(({ name }) => name),
        reports: reports(sweep.declaration, resolved.get(sweep.cells[0]?.name ?? '') ?? base(sweep)),
        ablation: ablation(
          sweep.declaration,
          sweep.cells.map(({ name }) => name),
          variedBy(sweep),
        ),
      })),
      compares: comparisons.map(({ declaration, members }) => ({
        name: declaration.name.text,
        members,
        reports: reports(declaration, resolved.get(members[0] ?? '')),
        ablation: ablation(
          declaration,
          members,
          comparedBy(trainables.filter(({ name }) => members.includes(name))),
        ),
      })),
    };
  }

  #ablation(
    { name, span }: ast.Sweep | ast.Compare,
    members: readonly CompiledExperiment[],
    varied: Controlled['varied'],
  ): Ablation | undefined {
    const bag = new Bag();
    const found = checkControls({ name: name.text, at: name.span, members, varied }, bag);
    this.#findings.add(bag.sorted(), { name: name.text, distinct: [], declarations: [span] });
    return found;
  }

  #axes({ declaration, cells }: Sweep): CompiledSweep['axes'] {
    const axes = declaration.body.items.filter((item) => item.kind === 'axis');
    return axes.map((axis) => {
      const paths = axis.paths.map(({ names }) => pathOf(names));
      const values = cells.map(({ varied }) =>
        paths.map((path) => {
          const entry = varied.find(({ names }) => pathOf(names) === path)!;
          return formatExpression(entry.value, this.#sources);
        }),
      );
      const distinct = new Map(values.map((value) => [JSON.stringify(value), value]));
      return { paths, values: [...distinct.values()] };
    });
  }
}

function isWithin(inner: Span, outer: Span): boolean {
  return inner.file === outer.file && outer.start <= inner.start && inner.end <= outer.end;
}

function contextOf(resolved: ResolvedExperiment): AnalysisContext {
  const { train } = resolved;
  const size = trainingSize(resolved);
  return {
    ...(train ? { batch: train.batch, recalibrate: train.recalibrate } : {}),
    ...(size ? { stepsPerEpoch: size.steps } : {}),
  };
}
