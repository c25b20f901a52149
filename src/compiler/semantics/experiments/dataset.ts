import { alternatives, didYouMean } from '../../diagnostics/suggest.ts';
import { channelWords } from '../../plan/channels.ts';
import { cannotTake, formatStep, type Size, sizeAfter } from '../../plan/fitting.ts';
import type { DataPlan } from '../../plan/run-plan.ts';
import type { Span } from '../../source/span.ts';
import { bindParameters, constantsIn } from '../names/parameters.ts';
import { bodyFunctions, moduleScope, Scope } from '../names/scope.ts';
import type { Signatures } from '../names/signatures.ts';
import type { Reporter } from '../program/program.ts';
import { datasetTable } from '../settings/dataset-table.ts';
import type { Chosen } from '../settings/declarations.ts';
import { type PhantomAttribute, phantomAttributes } from '../settings/phantom-attributes.ts';
import { complete, type Reading, readTable } from '../settings/table.ts';
import { entriesOf, growTree, overlay, placeOf, type SettingNode } from '../settings/tree.ts';
import type { DatasetSettings } from '../settings.ts';

/** A dataset as the run plan holds it, and what else is known about it at compile time. */
export interface ResolvedDataset {
  readonly plan: DataPlan;
  /** The size that images have when they reach the network; undefined when it varies. */
  readonly fitted: Size | undefined;
  /** The declaration's name. */
  readonly at: Span;
  /** Where the fitting is set. */
  readonly fitAt: Span;
  /** Where the classes are named; the declaration's name where they are not. */
  readonly classesAt: Span;
  /** How many images there are, as far as the spec says. */
  readonly images: number | undefined;
}

/** The phantom's own labels. */
const phantomLabels: readonly string[] = ['healthy', 'diseased'];

/** Reads the settings of a dataset and checks that they agree with each other. */
export function resolveDataset(
  { declared, given, settings }: Pick<Chosen<'dataset'>, 'declared' | 'given' | 'settings'>,
  signatures: Signatures,
  resolvePath: (fromFile: string, path: string) => string,
  reporter: Reporter,
): ResolvedDataset | undefined {
  const { declaration, module } = declared;
  const { name } = declaration;
  const parameters = bindParameters(
    signatures.of(declaration.parameters),
    given,
    moduleScope(module),
    reporter,
  );
  const entries = entriesOf(declaration.settings.entries, module, false, reporter);
  const root = overlay(growTree(entries), settings);
  const reading: Reading = {
    reporter,
    signatures,
    name: name.text,
    at: name.span,
    heads: undefined,
    parameters: [],
    evaluation: (home) => constantsIn(within(parameters, moduleScope(home, bodyFunctions)), reporter),
  };
  const values = complete(readTable(datasetTable, root, `\`${name.text}\``, reading));
  if (!values) return undefined;
  const place = (key: string) => placeOf(root, key) ?? name.span;
  const sound = [
    checkSource(values, name.text, place, reporter),
    checkClasses(values, root, place, reading),
    checkDrawnAttributes(values, root, reporter),
    checkIntensity(values, place, reporter),
    checkDepth(values, name.text, place, reporter),
  ].every((good) => good);
  const { source, manifest } = values;
  const drawn = drawnSize(values);
  const start: Size | undefined = values.image
    ? { height: values.image[0]!, width: values.image[1]! }
    : source
      ? drawn
      : undefined;
  const fitted = checkFit(values, start, place('fit'), reporter);
  if (!sound || fitted === 'unfit') return undefined;
  const plan: DataPlan = {
    name: name.text,
    source: source
      ? {
          kind: 'phantom',
          images: source.images,
          seed: source.seed,
          difficulty: source.difficulty,
          diseased: source.diseased,
          size: [drawn.height, drawn.width],
        }
      : { kind: 'manifest', path: resolvePath(module.path, manifest!) },
    image: values.image ? [values.image[0]!, values.image[1]!, values.image[2]!] : null,
    // Left out where they are what datasets had before there was a choice, so that runs keep their identity.
    ...(values.channels === null || values.image || values.channels === 1
      ? {}
      : { channels: values.channels }),
    ...(values.neighbours === 0 ? {} : { neighbours: values.neighbours }),
    fit: values.fit,
    intensity: values.intensity.length === 1 ? values.intensity[0]! : values.intensity,
    ...(values.unit !== null && { unit: values.unit }),
    classes: values.classes,
    ...(values.attributes.length === 0 ? {} : { attributes: values.attributes }),
    positive: values.positive ?? '',
    structures: values.structures,
    expect: values.expect,
  };
  const images = source?.images ?? values.expect.images ?? undefined;
  return { plan, fitted, at: name.span, fitAt: place('fit'), classesAt: place('classes'), images };
}

/** A scope with the values of parameters in front of the names of a file. */
export function within(parameters: Scope, around: Scope): Scope {
  const scope = new Scope(around);
  for (const [name, value] of parameters.own()) scope.set(name, value);
  return scope;
}

/** The size in which a phantom draws. */
function drawnSize({ source, image }: DatasetSettings): Size {
  return { height: source?.height ?? image?.[0] ?? 256, width: source?.width ?? image?.[1] ?? 218 };
}

type Place = (key: string) => Span;

function checkSource(values: DatasetSettings, name: string, place: Place, reporter: Reporter): boolean {
  const { source, manifest, image, classes } = values;
  if ((source === null) === (manifest === null)) {
    const problem = source
      ? 'has both a `manifest` and a `source`'
      : 'has neither a `manifest` nor a `source`';
    reporter.report('dataSource', { at: place(source ? 'source' : ''), arguments: { name, problem } });
    return false;
  }
  if (!source) return true;
  const drawn = drawnSize(values);
  const [height, width, channels] = image ?? [drawn.height, drawn.width, 1];
  if (height !== drawn.height || width !== drawn.width || channels !== 1) {
    reporter.report('dataSource', {
      at: place('image'),
      arguments: { name, problem: `draws images of ${drawn.height}×${drawn.width}×1` },
      secondary: [{ span: place('source'), text: 'drawn here' }],
    });
    return false;
  }
  const strange = classes.flatMap(({ labels }) => labels).filter((label) => !phantomLabels.includes(label));
  if (strange.length === 0) return true;
  reporter.report('dataSource', {
    at: place('classes'),
    arguments: { name, problem: `draws no images labelled ${alternatives(strange)}` },
    notes: [`the phantom's labels are ${alternatives(phantomLabels, 'and')}`],
  });
  return false;
}

function checkClasses(values: DatasetSettings, root: SettingNode, place: Place, reading: Reading): boolean {
  const { classes, positive, expect } = values;
  const names = classes.map((item) => item.name);
  const { reporter } = reading;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) {
    reporter.report('duplicateName', { at: place('classes'), arguments: { name: twice } });
    return false;
  }
  let sound = true;
  if (positive !== null && !names.includes(positive)) {
    sound = false;
    const at = place('positive');
    reporter.report('positiveClass', {
      at,
      arguments: { name: positive },
      secondary: names.length > 0 ? [{ span: place('classes'), text: 'the classes' }] : [],
      help: didYouMean({ ...at, start: at.start + 1, end: at.end - 1 }, positive, names),
    });
  }
  for (const [name, child] of root.children.get('expect')?.children ?? []) {
    if (name === 'images' || name === 'patients' || names.includes(name)) continue;
    sound = false;
    const candidates = ['images', 'patients', ...names];
    reporter.report('unknownSetting', {
      at: child.name!.span,
      arguments: { section: '`expect`', name },
      notes: [`\`expect\` has ${alternatives(candidates, 'and')}`],
      help: didYouMean(child.name!.span, name, candidates),
    });
  }
  const counted = Object.values(expect.classes);
  const sum = counted.reduce((total, count) => total + count, 0);
  if (
    expect.images !== null &&
    names.length > 0 &&
    counted.length === names.length &&
    sum !== expect.images
  ) {
    sound = false;
    reporter.report('countMismatch', {
      at: placeOf(root, 'expect', 'images')!,
      arguments: { sum, images: expect.images },
    });
  }
  return sound;
}

/** Of a phantom there is only what is known of every drawn heart. */
function checkDrawnAttributes(
  { source, attributes }: DatasetSettings,
  root: SettingNode,
  reporter: Reporter,
): boolean {
  if (!source) return true;
  const known = Object.keys(phantomAttributes);
  const problems = attributes.map((attribute) => {
    const { name, column } = attribute;
    const report = (problem: string, notes: readonly string[]) => {
      const at = placeOf(root, 'attributes', name)!;
      reporter.report('attributeForm', { at, arguments: { name, problem }, notes });
      return false;
    };
    if (!known.includes(column)) {
      return report('is not known of drawn hearts', [`known are ${alternatives(known, 'and')}`]);
    }
    const drawn: { readonly unit?: string; readonly classes?: readonly string[] } =
      phantomAttributes[column as PhantomAttribute];
    if (attribute.kind === 'value') {
      const unit = drawn.unit === undefined ? 'a label' : `a number in ${drawn.unit}`;
      return attribute.unit === drawn.unit || report(`is ${unit} of drawn hearts`, []);
    }
    const { classes = [] } = drawn;
    if (classes.length === 0) return report(`is a number in ${drawn.unit} of drawn hearts`, []);
    const strange = attribute.classes.flatMap(({ labels }) => labels).filter((one) => !classes.includes(one));
    return (
      strange.length === 0 ||
      report(`names ${alternatives(strange)}, which no drawn heart has`, [
        `they have ${alternatives(classes, 'and')}`,
      ])
    );
  });
  return !problems.includes(false);
}

function checkIntensity({ intensity }: DatasetSettings, place: Place, reporter: Reporter): boolean {
  for (const one of intensity) {
    if (!('low' in one) || one.low < one.high) continue;
    reporter.report('outOfBounds', {
      at: place('intensity'),
      arguments: { name: 'low', bounds: `below \`high\`, ${one.high}`, value: one.low },
    });
    return false;
  }
  return true;
}

/** Whether what is said of channels and slices agrees. */
function checkDepth(values: DatasetSettings, name: string, place: Place, reporter: Reporter): boolean {
  const { image, channels, intensity, neighbours, source } = values;
  const count = channels ?? image?.[2] ?? 1;
  const wrong = (key: string, problem: string, other: string | null, note: string) => {
    reporter.report('datasetChannels', {
      at: place(key),
      arguments: { name, problem },
      secondary: other === null ? [] : [{ span: place(other), text: 'said here' }],
      notes: [note],
    });
    return false;
  };
  if (image !== null && image[2] !== count) {
    return wrong(
      'channels',
      `says that its images have ${channelWords(count)}, and ${image[2]}`,
      'image',
      'the third number of `image` is the number of channels: leave `channels` out',
    );
  }
  if (intensity.length !== 1 && intensity.length !== count) {
    return wrong(
      'intensity',
      `lists ${intensity.length} intensities for ${channelWords(count)}`,
      channels !== null ? 'channels' : image !== null ? 'image' : null,
      'give one for all channels, or one for each channel of the files; neighbouring slices have those of their channels',
    );
  }
  if (source === null) return true;
  if (neighbours > 0) {
    return wrong(
      'neighbours',
      'draws single slices, which have no neighbours',
      'source',
      'leave `neighbours` out',
    );
  }
  if (count === 1) return true;
  return wrong('channels', 'draws images of one channel', 'source', 'leave `channels` out');
}

function checkFit(
  { fit }: DatasetSettings,
  start: Size | undefined,
  at: Span,
  reporter: Reporter,
): Size | undefined | 'unfit' {
  let size = start;
  for (const step of fit) {
    if (size && cannotTake(step, size)) {
      const direction = step.kind === 'pad' ? 'larger' : 'smaller';
      reporter.report('fitSize', {
        at,
        arguments: { step: formatStep(step), size: `${size.height}×${size.width}` },
        notes: [`the image is ${direction} than the result would be`],
        help: [
          {
            message: `\`center(${'height' in step ? `${step.height}, ${step.width}` : ''})\` pads or crops as needed`,
          },
        ],
      });
      return 'unfit';
    }
    size = sizeAfter(step, size, null);
  }
  return size;
}
