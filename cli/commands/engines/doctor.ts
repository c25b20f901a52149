import { join } from 'node:path';
import { Bag, emitPlan, type SourceFile } from '../../../src/compiler/index.ts';
import {
  busyText,
  calibrationHere,
  type Examination,
  type ExaminedEngine,
  examineMachine,
} from '../../../src/runtime/index.ts';
import { packageRoot } from '../../environment/package.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { chooseNetwork, compileSound } from '../../study/selection.ts';
import { columns } from '../../text/columns.ts';
import { duration, storage } from '../../text/quantities.ts';
import { calibrationText } from './calibrate.ts';

/** `cmrc doctor`: what this machine has, how fast each engine is on the paper's network, and what to do next. */
export async function doctor(output: Output, _options: object): Promise<ExitCode> {
  const bag = new Bag();
  const spec = join(packageRoot, 'specs', 'paper.cmrnet');
  const compilation = compileSound(spec, [], bag, new Map<string, SourceFile>());
  const network = compilation === null ? null : chooseNetwork(compilation, spec, { network: 'CmrNet' }, bag);
  if (network === null) return fail(output, bag.sorted());
  const found = await examineMachine(emitPlan(network.graph), bag, (line) => output.say(line));
  output.value(found);
  for (const line of lines(found)) output.print(line);
  if (found.engines.some(({ name, speed }) => name === 'onnx' && speed !== null))
    output.print(`\n${calibrationText(await calibrationHere())}`);
  return exit.fine;
}

function lines({
  node,
  machine,
  busy,
  gpus,
  gpuProblem,
  tools,
  engines,
  cache,
  advice,
}: Examination): readonly string[] {
  const { processor, cores, memory, platform } = machine;
  const python = tools.pythons.map(({ executable, version, pip, tensorflow }) =>
    [`${version} (${executable})`, pip ? 'pip' : 'no pip', tensorflow === null ? '' : 'with TensorFlow']
      .filter((part) => part !== '')
      .join(', '),
  );
  const facts = [
    ['Node', `${node.version}${node.supported ? '' : ', too old'}`],
    ['system', platform],
    ['processor', `${processor}, ${cores} cores, ${vectors(machine)}`],
    ...(busy === null ? [] : [['load', busyText(busy)]]),
    ['memory', `${storage(memory.totalBytes)}, ${storage(memory.freeBytes)} free`],
    ['GPU', gpus.map(gpuText).join('; ') || (gpuProblem ?? 'none')],
    ['npm', tools.npm ?? 'missing'],
    ['compiler', tools.compiler ?? 'missing'],
    ['Python', python.join('; ') || 'none'],
    ['cache', cache],
  ];
  const heading = ['engine', 'state', 'step', 'image', 'memory', ''];
  return [
    ...columns(facts),
    '',
    "the paper's network, 256×224, batches of 2: a training step, and inference of an image",
    ...columns([heading, ...engines.map(row)], true),
    '',
    'what to do next',
    ...advice.map((sentence) => `  ${sentence}`),
  ];
}

function row({ name, state, speed, problem }: ExaminedEngine): readonly string[] {
  if (speed === null) return [name, state, '–', '–', '–', problem ?? ''];
  const { stepMs, inferenceMs, memoryBytes, threads, version } = speed;
  const about = `version ${version}, ${threads} threads`;
  return [name, state, duration(stepMs), duration(inferenceMs), storage(memoryBytes), about];
}

function gpuText({ name, memoryMegabytes, driver }: Examination['gpus'][number]): string {
  return [name, memoryMegabytes && `${memoryMegabytes} MB`, driver && `driver ${driver}`]
    .filter(Boolean)
    .join(', ');
}

function vectors({ wasmSimd, avx2, avx512 }: Examination['machine']): string {
  const names = [wasmSimd && 'wasm SIMD', avx2 && 'AVX2', avx512 && 'AVX-512'].filter(Boolean);
  return names.length > 0 ? names.join(', ') : 'no vector instructions known';
}
