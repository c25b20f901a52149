/** What a shell can offer where a command line takes a value. */
export type Offer =
  | 'specs'
  | 'manifests'
  | 'files'
  | 'folders'
  | 'runs'
  | 'deleted runs'
  | 'experiments'
  | 'networks'
  | 'blocks'
  | 'sweeps'
  | 'comparisons'
  | 'topics'
  | 'settings'
  | 'engines'
  | 'commands';

/**
 * What is offered for each name that stands in the place of a value, as `spec` in `cmrc check <specs...>`. The names of
 * arguments and options are the table that completion, help and manual page derive from; a name that is missing here is found
 * by a test. Nothing is offered for numbers and for what people invent.
 */
export const valueNames: Readonly<Record<string, readonly Offer[]>> = {
  spec: ['specs'],
  specs: ['specs'],
  before: ['specs'],
  after: ['specs'],
  manifest: ['manifests'],
  run: ['runs'],
  runs: ['runs'],
  'deleted-run': ['deleted runs'],
  folder: ['folders'],
  file: ['files'],
  path: ['files'],
  program: ['files'],
  inputs: ['files'],
  experiment: ['experiments'],
  network: ['networks'],
  block: ['blocks'],
  sweep: ['sweeps'],
  comparison: ['comparisons'],
  topic: ['topics'],
  override: ['settings'],
  engines: ['engines'],
  command: ['commands'],
  version: [],
  number: [],
  patients: [],
  epochs: [],
  'learning-rate': [],
  columnsxrows: [],
  pattern: [],
  array: [],
  text: [],
  words: [],
  tags: [],
};

/** The name of the value that an argument or an option takes, as it stands in its flags; null where it takes none. */
export function valueNameOf(flags: string): string | null {
  return /[<[]([^>\]]+?)(?:\.\.\.)?[>\]]/.exec(flags)?.[1] ?? null;
}

/** What is offered for a name; several are written as `spec|run`. */
export function offersFor(valueName: string): readonly Offer[] {
  return valueName.split('|').flatMap((name) => valueNames[name] ?? []);
}
