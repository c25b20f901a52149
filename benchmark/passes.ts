import { builtInRates } from '../src/compiler/cost/built-in-rates.ts';
import {
  emitOnnx,
  foldWeights,
  graphOfPlan,
  inferenceProgram,
  initialWeights,
  type OnnxOptions,
  type OnnxStep,
  plainLayout,
  rearrange,
  type StepProgram,
} from '../src/compiler/index.ts';
import { stepPasses } from '../src/compiler/step/passes.ts';
import { plainTrainingProgram } from '../src/compiler/step/programs.ts';
import { probeBlock } from '../src/runtime/engines/onnx/block.ts';
import {
  loadLibrary,
  type OnnxLibrary,
  type OnnxSession,
  type OnnxTensor,
} from '../src/runtime/engines/onnx/library.ts';
import { settingsOf } from '../src/runtime/engines/onnx/step-session.ts';
import type { Case } from './cases.ts';
import { formatSpread, type Spread, spreadOf } from './statistics.ts';
import { align } from './table.ts';
import { type Workload, workloadOf } from './workload.ts';

/** What a pass or a choice of lowering is worth: the time without it, as a ratio to the time with all, within rounds. */
export interface Worth {
  readonly without: string;
  readonly of: 'step' | 'inference';
  /** Values of the program, nodes of the model are more. */
  readonly values: number;
  readonly milliseconds: Spread;
  readonly ratio: Spread;
}

/** A program and how it is lowered. */
interface Variant {
  readonly without: string;
  readonly of: Worth['of'];
  readonly program: StepProgram;
  readonly options: OnnxOptions;
}

/**
 * Times the compiled step of one case without each of its passes and choices, and inference without folding, turn by turn
 * with the whole: two sessions at a time, in one process.
 */
export async function passWorth(one: Case, threads: number, rounds: number): Promise<readonly Worth[]> {
  const library = await loadLibrary();
  const workload = workloadOf(one);
  const [whole, ...variants] = variantsOf(workload, one, await probeBlock(library));
  const [wholeInference, ...inferences] = inferencesOf(workload, one, whole!.options);
  const worths: Worth[] = [];
  for (const variant of [...variants, ...inferences]) {
    const reference = variant.of === 'step' ? whole! : wholeInference!;
    const pair = [
      await Running.open(library, reference, workload, threads),
      await Running.open(library, variant, workload, threads),
    ] as const;
    const times: readonly [number[], number[]] = [[], []];
    for (let round = 0; round <= rounds; round++) {
      for (const turn of round % 2 === 0 ? [0, 1] : [1, 0]) {
        const milliseconds = await pair[turn]!.time();
        // The first runs find memory.
        if (round > 0) times[turn]!.push(milliseconds);
      }
    }
    for (const running of pair) await running.release();
    const ratio = spreadOf(times[1].map((time, round) => time / times[0][round]!));
    const worth = {
      without: variant.without,
      of: variant.of,
      values: variant.program.values.length,
      milliseconds: spreadOf(times[1]),
      ratio,
    };
    console.log(`  ${worth.of} without ${worth.without}: ${formatSpread(ratio, 3)}`);
    worths.push(worth);
  }
  console.log(align([['without', 'of', 'values', 'time', 'ratio to the whole'], ...worths.map(row)]));
  return worths;
}

function row({ without, of, values, milliseconds, ratio }: Worth): readonly string[] {
  return [without, of, String(values), `${formatSpread(milliseconds, 1)} ms`, formatSpread(ratio, 3)];
}

/** The whole first. */
function variantsOf({ plan }: Workload, one: Case, block: number | null): readonly Variant[] {
  const derived = plainTrainingProgram(graphOfPlan(plan.network), {
    ...plan.train,
    loss: plan.loss,
    batch: one.batch,
  });
  const after = (left: string | null) =>
    stepPasses.filter(({ name }) => name !== left).reduce((program, pass) => pass.run(program), derived);
  const program = after(null);
  const variant = (without: string, changed: Partial<Variant>): Variant => ({
    without,
    of: 'step',
    program,
    options: { block },
    ...changed,
  });
  const names = [...new Set(stepPasses.map(({ name }) => name))];
  // Work that takes no time leaves every value its first form.
  const free = { call: 0, multiplyAdds: 0, numbers: 0 };
  const kinds = Object.fromEntries(Object.keys(builtInRates.kinds).map((kind) => [kind, free]));
  const careless = { ...builtInRates, kinds: kinds as typeof builtInRates.kinds };
  return [
    variant('nothing', {}),
    variant('nothing (the same once more)', {}),
    ...names.map((name) => variant(`the pass "${name}"`, { program: after(name) })),
    variant('any pass', { program: derived }),
    variant('a choice of the formulation', { options: { block, rates: careless } }),
    variant('blocked layouts', { options: { block: null } }),
  ];
}

function inferencesOf({ plan }: Workload, one: Case, { block }: OnnxOptions): readonly Variant[] {
  const graph = graphOfPlan(plan.network);
  const program = inferenceProgram(graph, one.batch);
  const constants = new Map(
    [...initialWeights([...graph.weights.values()], 1)].map(([name, values]) => [
      `weight/${name}`,
      Float32Array.from(values),
    ]),
  );
  const folded = foldWeights(program, constants);
  const of = 'inference' as const;
  return [
    { without: 'nothing', of, program: folded.program, options: { block, constants: folded.weights } },
    { without: 'folding', of, program, options: { block, constants } },
    {
      without: 'blocked layouts',
      of,
      program: folded.program,
      options: { block: null, constants: folded.weights },
    },
  ];
}

/** A session with what it reads; it fetches one result, so that no copying is timed. */
class Running {
  readonly #session: OnnxSession;
  readonly #feeds: Readonly<Record<string, OnnxTensor>>;
  readonly #fetched: string;

  private constructor(session: OnnxSession, feeds: Readonly<Record<string, OnnxTensor>>, fetched: string) {
    this.#session = session;
    this.#feeds = feeds;
    this.#fetched = fetched;
  }

  static async open(
    library: OnnxLibrary,
    { of, program, options }: Variant,
    workload: Workload,
    threads: number,
  ): Promise<Running> {
    const step = emitOnnx(program, options);
    const level = of === 'step' ? 'disabled' : options.block === null ? 'all' : 'basic';
    const session = await library.InferenceSession.create(step.model, settingsOf(threads, level));
    const feeds = Object.fromEntries(
      step.inputs.map((port) => [
        port.name,
        new library.Tensor('float32', valuesOf(port, workload, step.block), port.sizes),
      ]),
    );
    const { name } = step.outputs.find(({ role }) => role.kind === 'loss') ?? step.outputs[0]!;
    return new Running(session, feeds, name);
  }

  async time(): Promise<number> {
    const begin = performance.now();
    await this.#session.run(this.#feeds, { [this.#fetched]: null });
    return performance.now() - begin;
  }

  async release(): Promise<void> {
    await this.#session.release();
  }
}

function valuesOf(
  { role, shape, layout, sizes }: OnnxStep['inputs'][number],
  { plan, weights, batch }: Workload,
  block: number,
): Float32Array {
  switch (role.kind) {
    case 'images':
      return batch.images;
    case 'target':
      return batch.targets[role.head]!;
    case 'weight':
      return rearrange(weights.get(role.weight)!.values, shape, plainLayout(shape.length), layout, block);
    case 'rate':
      return Float32Array.of(plan.train.optimizer.lr);
    default:
      return new Float32Array(sizes.reduce((product, size) => product * size, 1));
  }
}
