import { mkdirSync, writeFileSync } from 'node:fs';
import { formatStep } from '../../src/compiler/plan/fitting.ts';
import type { FitStep } from '../../src/compiler/plan/run-plan.ts';
import { cohort, type PhantomSource } from '../../src/runtime/data/phantom/cohort.ts';
import { drawPhantom } from '../../src/runtime/data/phantom/phantom.ts';
import { fit, isFitProblem, planFit } from '../../src/runtime/images/fit.ts';
import { drawSheet, sheetPng } from '../../src/runtime/images/sheet.ts';

// Draws what each step of `fit` does to an image, for docs/your-images.md: `npm run screenshots`.

/** mm between pixels of the image that is shown. */
const spacing = 2.5;

const steps: readonly FitStep[] = [
  { kind: 'pad', height: 144, width: 144 },
  { kind: 'crop', height: 80, width: 80 },
  { kind: 'center', height: 112, width: 112 },
  { kind: 'resize', height: 96, width: 96 },
  { kind: 'longest', size: 96 },
  { kind: 'resample', spacing: 3.5 },
];

const source: PhantomSource = {
  kind: 'phantom',
  images: 1,
  seed: 7,
  difficulty: 'easy',
  diseased: 0,
  size: [128, 109],
};

const { T1, mask } = drawPhantom(source, cohort(source)[0]!);
const [height, width] = source.size;
const image = { height, width, channels: 1, values: T1 };
const truth = { height, width, channels: 1, values: Float32Array.from(mask) };

mkdirSync('docs/pictures/fit', { recursive: true });
for (const step of steps) {
  const fitting = planFit([step], { height, width }, [spacing, spacing]);
  if (isFitProblem(fitting)) throw new Error(`${formatStep(step)} does not suit the picture`);
  const after = fit(fitting, image, 'bilinear');
  const { values } = fit(fitting, truth, 'nearest');
  const svg = pair([
    { words: `${height}×${width}`, height, width, values: image.values, mask: truth.values },
    {
      words: `${formatStep(step)} → ${after.height}×${after.width}`,
      height: after.height,
      width: after.width,
      values: after.values,
      mask: values,
    },
  ]);
  writeFileSync(`docs/pictures/fit/${step.kind}.svg`, svg);
}
process.stdout.write(`${steps.length} pictures in docs/pictures/fit\n`);

interface Shown {
  readonly words: string;
  readonly height: number;
  readonly width: number;
  readonly values: ArrayLike<number>;
  readonly mask: ArrayLike<number>;
}

/** Two images side by side, pixels of equal size, each in a frame with its words below. */
function pair(images: readonly Shown[]): string {
  const scale = 2;
  const tall = 144 * scale;
  const parts = images.map(({ words, ...picture }, place) => {
    const [across, down] = [picture.width * scale, picture.height * scale];
    const left = 20 + place * 340;
    const png = Buffer.from(sheetPng(drawSheet([picture], 1))).toString('base64');
    return [
      `<image x="${left}" y="20" width="${across}" height="${down}" href="data:image/png;base64,${png}" style="image-rendering:pixelated"/>`,
      `<rect x="${left}" y="20" width="${across}" height="${down}" fill="none" stroke="#888" stroke-width="1.5"/>`,
      `<text x="${left}" y="${tall + 42}" fill="#555">${words}</text>`,
    ].join('\n');
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 680 ${tall + 56}" width="680" height="${tall + 56}" role="img" aria-label="${images[1]!.words}">
<rect width="680" height="${tall + 56}" fill="#fff"/>
<style>text{font:15px ui-monospace,"DejaVu Sans Mono",Menlo,Consolas,monospace}</style>
${parts.join('\n')}
<text x="${340 - 24}" y="${20 + height}" fill="#555">→</text>
</svg>
`;
}
