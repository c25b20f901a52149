import { join } from 'node:path';
import { Bag, emitPlan, type SourceFile, workKindNames, workKinds } from '../../../src/compiler/index.ts';
import { type Calibration, type CalibrationState, calibrateBackend } from '../../../src/runtime/index.ts';
import { packageRoot } from '../../environment/package.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail } from '../../output/report.ts';
import { chooseNetwork, compileSound } from '../../study/selection.ts';
import { columns } from '../../text/columns.ts';
import { duration } from '../../text/quantities.ts';

/** `cmrc backend calibrate`: times the compiled engine, so that steps are told and chosen by what this machine does. */
export async function calibrate(output: Output): Promise<ExitCode> {
  const bag = new Bag();
  const plans = ['paper CmrNet', 'calibration Others', 'calibration Check'].map((words) => {
    const [file, network] = words.split(' ') as [string, string];
    const spec = join(packageRoot, 'specs', `${file}.cmrnet`);
    // What is to be said of these specs is said to those who check them.
    const own = new Bag();
    const compilation = compileSound(spec, [], own, new Map<string, SourceFile>());
    const chosen = compilation === null ? null : chooseNetwork(compilation, spec, { network }, own);
    for (const item of own.sorted()) if (item.severity === 'error') bag.add(item);
    return chosen === null ? null : emitPlan(chosen.graph);
  });
  const [main, others, check] = plans;
  if (!main || !others || !check) return fail(output, bag.sorted());
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const begin = performance.now();
  output.say('timing training steps of the compiled engine, node by node: about a minute');
  const sayProgress = (done: number, stages: number) => {
    const left =
      done === 0 ? '' : `, ${duration(((performance.now() - begin) / done) * (stages - done))} left`;
    output.say(`${done} of ${stages} kinds of steps${left}`);
  };
  try {
    const found = await calibrateBackend({ main, others, check }, bag, sayProgress, stop.signal);
    if (found === null) return fail(output, bag.sorted());
    output.value(found.calibration);
    for (const line of calibrationLines(found.calibration)) output.print(line);
    output.print(`kept in ${found.path}`);
    return exit.fine;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

function calibrationLines(calibration: Calibration): readonly string[] {
  const { kinds, samples, nodes, checks, factor, unsteady, seconds } = calibration;
  const rows = workKindNames.map((kind) => {
    const { call, multiplyAdds, numbers } = kinds[kind];
    return [
      workKinds[kind],
      (1000 * call).toFixed(0),
      multiplyAdds === 0 ? '' : (1000 / multiplyAdds).toFixed(1),
      numbers === 0 ? '' : (4000 / numbers).toFixed(1),
    ];
  });
  const [low, high] = nodes.map((share) => share.toFixed(2));
  return [
    ...columns([['kind of work', 'µs a node', 'GMAC/s', 'GB/s'], ...rows], true),
    '',
    `${samples} nodes timed in ${duration(1000 * seconds)}; half of them take ${low} to ${high} of what they are told to`,
    ...checks.map(
      ({ network, toldMs, ms }) =>
        `a step of ${network}: ${duration(toldMs)} told, ${duration(ms)} timed (${(toldMs / ms).toFixed(2)})`,
    ),
    `steps are told to within a factor of ${factor.toFixed(2)}`,
    ...(unsteady > 1.2
      ? [
          `the same step differed by ${(100 * (unsteady - 1)).toFixed(0)} % from time to time: calibrate again when nothing else runs`,
        ]
      : []),
  ];
}

/** Whether the machine is calibrated, in a sentence. */
export function calibrationText(state: CalibrationState): string {
  if (state === 'broken')
    return 'the calibration of this machine is damaged and not used: `cmrc backend calibrate` makes it anew';
  if (state === 'none')
    return 'steps of onnx are told by built-in rates: `cmrc backend calibrate` times this machine';
  return `onnx was calibrated on ${state.created.slice(0, 10)}: steps are told to within a factor of ${state.factor.toFixed(2)}`;
}
