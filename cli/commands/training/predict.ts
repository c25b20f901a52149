import { Bag } from '../../../src/compiler/index.ts';
import {
  imageUnit,
  openRun,
  type PredictedInput,
  predictRun,
  type SegmentationForm,
} from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { progressOf } from '../../output/progress.ts';
import { fail, report } from '../../output/report.ts';
import { heartLines } from '../../text/hearts.ts';
import { counted, number } from '../../text/quantities.ts';

export interface PredictOptions {
  readonly format: 'text' | 'json';
  readonly out: string;
  readonly fold?: number;
  readonly with?: readonly string[];
  readonly array?: string;
  readonly backend?: string;
  readonly segmentation?: SegmentationForm;
  readonly pages?: boolean;
}

/** `cmrc predict`: masks, diagnoses and measures of new images. An input that fails costs itself, and the exit code. */
export async function predict(
  output: Output,
  folder: string,
  inputs: readonly string[],
  options: PredictOptions,
): Promise<ExitCode> {
  const bag = new Bag();
  const run = openRun(folder, bag);
  const others = (options.with ?? []).flatMap((other) => openRun(other, bag) ?? []);
  if (run === null || others.length < (options.with ?? []).length) return fail(output, bag.sorted());
  const predicted = await predictRun(run, inputs, options.out, bag, {
    backend: options.backend ?? null,
    array: options.array ?? 'image',
    fold: options.fold ?? null,
    others,
    segmentation: options.segmentation ?? 'binary',
    pages: options.pages ?? false,
    progress: progressOf(output),
  });
  if (predicted === null) return fail(output, bag.sorted());
  report(output, bag.sorted());
  output.value(predicted);
  for (const one of predicted.inputs) for (const line of inputLines(one)) output.print(line);
  for (const one of predicted.patients)
    for (const line of heartLines(one, imageUnit(run.record.plan.data))) output.print(line);
  const { inputs: done, failed, folds, out } = predicted;
  if (predicted.leftOut.length > 0) {
    output.print(`left out ${counted(predicted.leftOut.length, 'file')}, as said above`);
  }
  const count = [{ folds }, ...(predicted.others ?? [])].reduce((sum, one) => sum + one.folds.length, 0);
  const networks = count > 1 ? `, the mean of ${count} networks` : '';
  output.print(`wrote ${counted(done.length, 'prediction')} to ${out}${networks}`);
  if (failed.length === 0) return exit.fine;
  output.print(`${counted(failed.length, 'input')} could not be predicted, as said above`);
  return exit.wrong;
}

function inputLines({
  input,
  sources,
  shape,
  labels,
  values,
  structures,
}: PredictedInput): readonly string[] {
  const shares = Object.entries(labels).map(([head, classes]) => {
    const names = Object.entries(classes).sort(([, a], [, b]) => b - a);
    return `  ${head}: ${names.map(([name, share]) => `${name} ${(100 * share).toFixed(1)}%`).join(', ')}`;
  });
  const numbers = Object.entries(values).map(
    ([head, { value, unit }]) => `  ${head}: ${number(value)} ${unit}`,
  );
  const measures = Object.entries(structures).flatMap(([head, all]) =>
    Object.entries(all).map(([name, { pixels, volumeMl, massG, mean }]) => {
      const whole =
        volumeMl === null
          ? []
          : [`${volumeMl.toFixed(1)} ml`, ...(massG === null ? [] : [`${massG.toFixed(1)} g of muscle`])];
      const level = mean === null ? [] : [`mean value ${mean.toFixed(1)}`];
      return `  ${head}: ${name} ${[counted(pixels, 'pixel'), ...whole, ...level].join(', ')}`;
    }),
  );
  const files = sources.length > 1 ? ` of ${counted(sources.length, 'file')}` : '';
  return [`${input}: ${shape.join('×')}${files}`, ...shares, ...numbers, ...measures];
}
