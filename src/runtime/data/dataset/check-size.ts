import {
  type Bag,
  type DataPlan,
  formatShape,
  formatStep,
  type Spacing,
  type Span,
} from '../../../compiler/index.ts';
import { isFitProblem, planFit } from '../../images/fit.ts';
import type { Grid } from '../../images/grid.ts';
import type { DataNeeds } from './dataset.ts';

/** What a finding about an image says of where it is from. */
interface Place {
  readonly id: string;
  readonly at: Span;
  readonly notes: readonly string[];
}

/** Checks that an image has the declared size, takes the steps of the fit, and then has the network's input size. */
export function checkSize(
  image: Omit<Grid, 'values'>,
  spacing: Spacing,
  { id, at, notes }: Place,
  plan: DataPlan,
  needs: DataNeeds,
  bag: Bag,
): void {
  const size = formatShape([image.height, image.width, image.channels]);
  const declared = plan.image;
  if (declared !== null && size !== formatShape(declared)) {
    const turned = image.height === declared[1] && image.width === declared[0];
    bag.report('imageSize', {
      at,
      arguments: { id, size, declared: formatShape(declared) },
      notes,
      help: turned ? [{ message: 'height and width are exchanged: sizes are written height first' }] : [],
    });
    return;
  }
  const fitting = planFit(plan.fit, image, spacing);
  if (isFitProblem(fitting) && fitting.reason === 'without spacing') {
    bag.report('unknownSpacing', {
      at,
      arguments: { id, step: formatStep(fitting.step) },
      notes: [...notes, 'further images of this size are not reported'],
      help: [{ message: 'give `spacing: [rows, columns]` in mm in its row, or leave `resample` out' }],
    });
    return;
  }
  if (isFitProblem(fitting)) {
    bag.report('fitImage', {
      at,
      arguments: {
        id,
        size: formatShape([fitting.size.height, fitting.size.width]),
        step: formatStep(fitting.step),
        reason: fitting.reason,
      },
      notes: [...notes, 'further images of this size are not reported'],
      help: [{ message: 'use `center`, which pads and crops, or `longest` before it' }],
    });
    return;
  }
  const fitted = formatShape([fitting.to.height, fitting.to.width, image.channels]);
  const input = formatShape(needs.input);
  if (fitted === input || !needs.training) return;
  bag.report('fittedSize', {
    at,
    arguments: { id, size: fitted, input },
    notes: [
      ...notes,
      `the image is ${size}, the steps are ${plan.fit.map(formatStep).join(', ') || 'none'}`,
      'further images of this size are not reported',
    ],
  });
}
