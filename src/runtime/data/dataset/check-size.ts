import {
  type Bag,
  channelWords,
  type DataPlan,
  fileChannels,
  formatShape,
  formatStep,
  inputChannels,
  type Spacing,
  type Span,
  slicesSeen,
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

/**
 * Checks that an image has the declared size, takes the steps of the fit, and then has the network's input size.
 * @param image of the files, without the channels of neighbouring slices
 */
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
  if (needs.training && image.channels !== fileChannels(plan)) {
    bag.report('imageChannels', {
      at,
      arguments: { id, found: channelWords(image.channels), expected: fileChannels(plan) },
      notes: [...notes, channelsNote(plan, image.channels), 'further images like it are not reported'],
      help: [
        {
          message: `where the files are right, write \`channels = ${image.channels}\` in the dataset; the network's input then has ${channelWords(inputChannels({ ...plan, image: null, channels: image.channels }))}`,
        },
      ],
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
  const fitted = formatShape([fitting.to.height, fitting.to.width, image.channels * slicesSeen(plan)]);
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

/** How many channels a network gets, and from where. */
function channelsNote(plan: DataPlan, found: number): string {
  const [slices, wanted] = [slicesSeen(plan), inputChannels(plan)];
  return slices === 1
    ? `the network takes ${wanted}: list the files of all channels in \`image\`, or let one file hold them`
    : `the network takes ${wanted}: with \`neighbours = ${plan.neighbours}\` ${slices} slices of ${fileChannels(plan)} each, which would be ${slices * found} here`;
}
