import { Ajv, type ErrorObject } from 'ajv';
import { type Document, isMap, isPair, isScalar, type Node, parseDocument } from 'yaml';
import { type Bag, didYouMean, type Span } from '../../../compiler/index.ts';
import { type ManifestDocument, type ManifestEntry, manifestSchema } from './manifest-schema.ts';

/** A row of a manifest with its place in the text. */
export interface ManifestRow {
  readonly entry: ManifestEntry;
  /** From 1. */
  readonly number: number;
  readonly span: Span;
  /** The value of a key, or the whole row where the key is not given. */
  readonly at: (key: keyof ManifestEntry) => Span;
}

export interface Manifest {
  readonly rows: readonly ManifestRow[];
  /** Values of masks by the name of the structure, and where each is written; empty where nothing is said of them. */
  readonly structures: ReadonlyMap<string, { readonly value: number; readonly span: Span }>;
  /** False when rows were left out, so that counting them says nothing. */
  readonly whole: boolean;
  /** The key `images`, for what concerns all rows. */
  readonly span: Span;
}

/** The files and arrays of an image's channels: of two lists one goes with the other, a single one with all. */
export function channelsOf({
  image,
  image_array = 'image',
}: ManifestEntry): readonly (readonly [string, string])[] {
  const [files, arrays] = [[image].flat(), [image_array].flat()] as [readonly string[], readonly string[]];
  return Array.from({ length: Math.max(files.length, arrays.length) }, (_, channel) => [
    files[files.length === 1 ? 0 : channel]!,
    arrays[arrays.length === 1 ? 0 : channel]!,
  ]);
}

const rowKeys = Object.keys(manifestSchema.properties.images.items.properties);
const manifestKeys = Object.keys(manifestSchema.properties);
const validate = new Ajv({ allErrors: true, verbose: true, allowUnionTypes: true }).compile<ManifestDocument>(
  manifestSchema,
);

/**
 * Reads a manifest's text. What is wrong with it is reported; rows that are wrong are left out, so that the others are
 * checked in the same run. Null when there is nothing to go on with.
 */
export function parseManifest(text: string, path: string, bag: Bag): Manifest | null {
  const document = parseDocument(text, { prettyErrors: false, logLevel: 'error' });
  // What a parser says after its first error mostly follows from it.
  const problem = document.errors[0];
  if (problem !== undefined) {
    bag.report('manifestSyntax', {
      at: { file: path, start: problem.pos[0], end: problem.pos[1] },
      arguments: {
        reason: problem.code === 'MULTIPLE_DOCS' ? 'it holds several documents' : sentence(problem.message),
      },
    });
    return null;
  }

  const place = locator(document, path, text.length);
  const value = plainValue(document);
  if (value instanceof Error) {
    bag.report('manifestSyntax', { at: place([]), arguments: { reason: sentence(value.message) } });
    return null;
  }
  const broken = new Set<number>();
  if (!validate(value)) {
    for (const error of leaves(validate.errors ?? [])) {
      const row = rowOf(error);
      if (row !== null) broken.add(row);
      reportSchema(error, place, bag);
    }
  }
  if (!isRecord(value) || !Array.isArray(value['images'])) return null;

  const all = (value['images'] as readonly ManifestEntry[]).flatMap((entry, index): ManifestRow[] =>
    broken.has(index)
      ? []
      : [
          {
            entry,
            number: index + 1,
            span: place(['images', index]),
            at: (key) => place(['images', index, key]),
          },
        ],
  );
  const rows = all.filter((row) => isPaired(row, bag));
  reportDuplicates(rows, bag);
  if (value['images'].length === 0) {
    bag.report('manifestEmpty', { at: place(['images']), arguments: { path } });
    return null;
  }
  return {
    rows,
    structures: structuresOf(value['structures'], place),
    whole: broken.size === 0 && rows.length === all.length,
    span: place(['images'], 'key'),
  };
}

/** What is sound of the key `structures`. */
function structuresOf(said: unknown, place: Locate): Manifest['structures'] {
  const sound = Object.entries(isRecord(said) ? said : {}).filter(
    (entry): entry is [string, number] => Number.isInteger(entry[1]) && (entry[1] as number) > 0,
  );
  return new Map(sound.map(([name, value]) => [name, { value, span: place(['structures', name]) }]));
}

/** The document as plain data. Aliases are only resolved here: one may name nothing, or blow a small text up. */
function plainValue(document: Document): unknown {
  try {
    return document.toJS();
  } catch (problem) {
    if (problem instanceof ReferenceError) return problem;
    throw problem;
  }
}

type Path = readonly (string | number)[];
type Locate = (path: Path, part?: 'key' | 'value') => Span;

/** Finds places in the text. A place that is not written is that of what should hold it. */
function locator(document: Document, file: string, length: number): Locate {
  const spanOf = (node: Node | null | undefined): Span => {
    const range = node?.range;
    return range ? { file, start: range[0], end: range[1] } : { file, start: 0, end: Math.min(1, length) };
  };
  return (path, part = 'value') => {
    const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
    if (isMap(parent) && part === 'key') {
      const pair = parent.items.find(
        (item) => isPair(item) && isScalar(item.key) && item.key.value === path.at(-1),
      );
      if (pair !== undefined) return spanOf(pair.key as Node);
    }
    for (let depth = path.length; depth > 0; depth -= 1) {
      const node = document.getIn(path.slice(0, depth), true) as Node | undefined;
      if (node?.range) return spanOf(node);
    }
    return spanOf(document.contents);
  };
}

function pathOf(error: ErrorObject): (string | number)[] {
  return error.instancePath
    .split('/')
    .slice(1)
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function rowOf(error: ErrorObject): number | null {
  const row = pathOf(error)[1];
  return typeof row === 'number' ? row : null;
}

/** One finding per place: further rules that the same value breaks add nothing. */
function leaves(errors: readonly ErrorObject[]): readonly ErrorObject[] {
  const seen = new Set<string>();
  return errors.filter(({ instancePath, params }) => {
    const key = `${instancePath} ${params['missingProperty'] ?? params['additionalProperty'] ?? ''}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function reportSchema(error: ErrorObject, place: Locate, bag: Bag): void {
  const path = pathOf(error);
  const row = rowOf(error);
  const where = row === null ? 'the manifest' : `row ${row + 1}`;
  if (error.keyword === 'additionalProperties') {
    const key = String(error.params['additionalProperty']);
    const at = place([...path, key], 'key');
    bag.report('manifestKey', {
      at,
      arguments: { place: row === null ? 'a manifest' : 'a row', key },
      notes: [
        ...(row === null ? [] : [where]),
        `the keys are ${(row === null ? manifestKeys : rowKeys).map((name) => `\`${name}\``).join(', ')}`,
      ],
      help: didYouMean(at, key, row === null ? manifestKeys : rowKeys),
    });
    return;
  }
  bag.report('manifestValue', {
    at: place(path),
    arguments: { place: where, problem: problemOf(error, path) },
    help:
      error.params['type'] === 'string' && typeof error.data === 'number'
        ? [{ message: 'quote it: without quotes YAML reads a number and drops leading zeros' }]
        : [],
  });
}

/** The types of the schema in the words of YAML. */
const kinds: Readonly<Record<string, string>> = {
  object: 'a mapping of keys to values',
  array: 'a list',
  string: 'a text',
  integer: 'a whole number',
  number: 'a number',
};

function problemOf(error: ErrorObject, path: Path): string {
  if (error.keyword === 'required') return `needs the key \`${String(error.params['missingProperty'])}\``;
  const key = path.findLast((part) => typeof part === 'string' && part !== 'images');
  const subject = key === undefined ? '' : `has a \`${String(key)}\` that `;
  if (error.keyword === 'const') return `${subject}must be ${String(error.params['allowedValue'])}`;
  if (error.keyword === 'minLength') return `${subject}must not be empty`;
  if (error.keyword === 'type') {
    const types = [error.params['type']].flat() as readonly string[];
    return `${subject}must be ${types.map((type) => kinds[type]!).join(' or ')}`;
  }
  if (error.keyword === 'minimum') return `${subject}must be ${String(error.params['limit'])} or more`;
  if (error.keyword === 'pattern') return `${subject}must be \`ED\`, \`ES\` or a number counted from 0`;
  if (error.keyword === 'minItems' || error.keyword === 'maxItems') {
    return key === 'spacing'
      ? `${subject}must have 2 numbers`
      : `${subject}must have ${error.keyword === 'minItems' ? 'one entry or more' : `at most ${error.params['limit']} entries`}`;
  }
  return `${subject}${error.message ?? 'is wrong'}`;
}

/** Lists of files and of arrays that are of different lengths pair nothing. */
function isPaired({ entry, number, at }: ManifestRow, bag: Bag): boolean {
  const [files, arrays] = [[entry.image].flat().length, [entry.image_array ?? 'image'].flat().length];
  if (files === arrays || files === 1 || arrays === 1) return true;
  bag.report('manifestValue', {
    at: at('image_array'),
    arguments: { place: `row ${number}`, problem: `lists ${files} files and ${arrays} arrays` },
    help: [{ message: 'list an array for each file, or one array for all' }],
  });
  return false;
}

function reportDuplicates(rows: readonly ManifestRow[], bag: Bag): void {
  const first = new Map<string, ManifestRow>();
  for (const row of rows) {
    const earlier = first.get(row.entry.id);
    if (earlier === undefined) first.set(row.entry.id, row);
    else {
      bag.report('duplicateImage', {
        at: row.at('id'),
        arguments: { id: row.entry.id },
        secondary: [{ span: earlier.at('id'), text: 'first here' }],
        notes: [`rows ${earlier.number} and ${row.number}`],
      });
    }
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The parser's sentence in the style of messages. */
function sentence(message: string): string {
  return (message.charAt(0).toLowerCase() + message.slice(1)).replace(/\.?\s*$/, '').replace(/\n.*/s, '');
}
