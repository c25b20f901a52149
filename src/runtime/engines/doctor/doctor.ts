import type { LayersPlan } from '../../../compiler/index.ts';
import { isBackendName, order } from '../choice/backend-names.ts';
import { findCompiler } from '../install/compile.ts';
import { findPythons, type Python } from '../install/python.ts';
import { findGpus, type Gpu } from '../installed/gpu.ts';
import { type MachineFacts, machineFacts } from '../installed/machine-facts.ts';
import { type EngineState, engineStates } from '../installed/manage.ts';
import { origins } from '../installed/origins.ts';
import type { Workshop } from '../installed/workshop.ts';
import { measureSpeed, type Speed } from '../trial/speed.ts';
import { busyLoad, busyText, type MachineLoad } from './load.ts';

/** An engine with how fast it is here. */
export interface ExaminedEngine {
  readonly name: string;
  readonly state: EngineState['state'];
  readonly speed: Speed | null;
  /** Why it cannot be used. */
  readonly problem: string | null;
  /** The command that brings it; none where it comes with cmrnet. */
  readonly install: string | null;
}

/** What `cmrc doctor` finds; valid against `doctorSchema`. */
export interface Examination {
  readonly version: 1;
  readonly node: { readonly version: string; readonly supported: boolean };
  readonly machine: MachineFacts;
  /** What other programs did when the engines were timed; null where they did little. */
  readonly busy: MachineLoad | null;
  readonly gpus: readonly Gpu[];
  /** Why no GPU can be used, null where one can. */
  readonly gpuProblem: string | null;
  readonly tools: {
    readonly npm: string | null;
    readonly compiler: string | null;
    readonly pythons: readonly Python[];
  };
  /** In the order in which training tries them. */
  readonly engines: readonly ExaminedEngine[];
  readonly cache: string;
  /** What to do next, a sentence each; at least one. */
  readonly advice: readonly string[];
}

/** Looks at this machine, and times every engine that is there. */
export async function examine(workshop: Workshop, network: LayersPlan): Promise<Examination> {
  const { run, environment, files, tell } = workshop;
  tell('looking at the machine');
  // Asked before anything is timed: a timing is load too.
  const busy = busyLoad();
  const [{ gpus, problem: gpuProblem }, compiler, pythons, npm] = await Promise.all([
    findGpus(run, environment),
    findCompiler(workshop),
    findPythons(run, environment),
    run('npm', ['--version'], { silentMs: 20_000 }),
  ]);
  const engines: ExaminedEngine[] = [];
  for (const { name, state, reason, install } of engineStates(files, order())) {
    const slow = isBackendName(name) && origins[name].slow === true;
    const measured = ['embedded', 'installed', 'package'].includes(state) && !slow;
    if (measured) tell(`timing ${name}: a few steps of the network (up to a minute)`);
    const answer = measured ? await measureSpeed(workshop, name, network) : null;
    const problem = answer !== null && 'problem' in answer ? answer.problem : reason;
    engines.push({
      name,
      state,
      speed: answer === null || 'problem' in answer ? null : answer,
      problem,
      install,
    });
  }
  const found = {
    version: 1 as const,
    node: { version: process.version, supported: isSupported(process.version) },
    machine: machineFacts(),
    busy,
    gpus,
    gpuProblem,
    tools: { npm: npm.status === 0 ? npm.output.trim() : null, compiler: compiler?.title ?? null, pythons },
    engines,
    cache: files.root,
  };
  return { ...found, advice: adviceFor(found) };
}

/** What would help, the most useful first. */
export function adviceFor(found: Omit<Examination, 'advice'>): readonly string[] {
  const { node, machine, busy, gpuProblem, tools, engines } = found;
  const advice: string[] = [];
  if (busy !== null)
    advice.push(`${busyText(busy)}: these times are of a busy machine; ask again when it is idle`);
  if (!node.supported) advice.push(`update Node: ${node.version} is older than 20.19`);
  for (const { name, state, problem, install } of engines) {
    if (problem !== null && state !== 'absent') {
      advice.push(
        `${name} cannot be used (${problem})${install === null ? '' : `: \`${install}\` brings it anew`}${state === 'broken' ? `, \`cmrc backend remove ${name}\` takes it away` : ''}`,
      );
    }
  }
  const absent = (name: string) => engines.some((one) => one.name === name && one.state === 'absent');
  if (gpuProblem === null && absent('tfjs-node-gpu')) {
    advice.push('`cmrc backend install --gpu` builds an engine for the GPU');
  }
  const [used] = engines.filter(({ speed }) => speed !== null);
  const [fastest] = engines
    .filter(({ speed }) => speed !== null)
    .sort((a, b) => a.speed!.stepMs - b.speed!.stepMs);
  if (busy === null && used !== undefined && fastest !== undefined && fastest !== used) {
    const times = used.speed!.stepMs / fastest.speed!.stepMs;
    if (times > 1.1) {
      advice.push(
        `\`cmrc backend use ${fastest.name}\`: it trains ${times.toFixed(1)} times as fast as ${used.name} here`,
      );
    }
  }
  const runtime = engines.find((one) => one.name === 'onnx');
  if (runtime?.state === 'absent') {
    advice.push(
      `\`${runtime.install}\` brings an engine with compiled training steps, to be compared with what is here`,
    );
  }
  const canBuild = tools.compiler !== null && tools.npm !== null;
  if (
    canBuild &&
    absent('tfjs-node') &&
    tools.pythons.some(({ pip, tensorflow }) => pip || tensorflow !== null)
  ) {
    advice.push('`cmrc backend install` builds tfjs-node, to be compared with what is here');
  }
  if (!machine.wasmSimd)
    advice.push('this Node has no SIMD in WebAssembly: the built-in engine will be slow');
  return advice.length > 0 ? advice : [`nothing: training uses ${used?.name ?? 'cpu'}`];
}

export function isSupported(version: string): boolean {
  const [major = 0, minor = 0] = version.replace('v', '').split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}
