import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { builtPlayer } from './built.ts';
import type { Answers, Ready, Request, Settings } from './protocol.ts';

/** How a player is started, and what it is called. */
export interface Casting {
  readonly name: string;
  readonly command: string;
  readonly script: string;
  readonly arguments: readonly string[];
  readonly variant: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Our engines, each in a process of its own. */
export function engine(name: string): Casting {
  return {
    name,
    command: process.execPath,
    script: builtPlayer,
    arguments: ['--expose-gc'],
    variant: name,
    environment: {},
  };
}

/**
 * The compiled step in other ways, which play when named: without the library's internal layout, as on a processor that has
 * none, and fitted into a memory of so many megabytes.
 */
export const waysOfOnnx: readonly Casting[] = [
  { ...engine('onnx'), name: 'onnx standard', environment: { CMRNET_ONNX_BLOCKS: 'off' } },
  ...['400', '250'].map((megabytes) => ({
    ...engine('onnx'),
    name: `onnx ${megabytes} MB`,
    environment: { CMRNET_BENCH_MEMORY: megabytes },
  })),
];

/**
 * What Python knows to run. glibc gives large blocks back to the system at every free unless told otherwise, which costs
 * PyTorch a tenth of its speed; with these it plays as well as it can.
 */
export const keepMemory = { MALLOC_MMAP_THRESHOLD_: '8589934592', MALLOC_TRIM_THRESHOLD_: '17179869184' };

const torch = { module: 'torch', script: 'pytorch_peer.py', environment: keepMemory };

const peers = [
  { ...torch, name: 'pytorch channels-last', variant: 'channels_last' },
  { ...torch, name: 'pytorch default-layout', variant: 'default' },
  { ...torch, name: 'pytorch untuned', variant: 'channels_last', environment: {} },
  { ...torch, name: 'pytorch compiled', variant: 'compiled' },
  { ...torch, name: 'pytorch double', variant: 'double' },
  {
    name: 'tensorflow',
    module: 'tensorflow',
    script: 'tensorflow_peer.py',
    variant: 'graph',
    // oneDNN's convolutions: without them those with a rate have no gradient on a CPU.
    environment: { ...keepMemory, TF_ENABLE_ONEDNN_OPTS: '1' },
  },
] as const;

/** Play only when named: one is unfair, one takes minutes to compile, and one is for `--check`. */
const unusual: readonly string[] = ['pytorch untuned', 'pytorch compiled', 'pytorch double'];

/**
 * The peers that a choice names, by the words of their names; without one the usual ones, or in a check those that tell
 * what is right. Each runs in the first Python that has its module.
 */
export function peersFor(
  pythons: readonly string[],
  choice: readonly string[] | null,
  checking: boolean,
): readonly Casting[] {
  const isUsual = (name: string) => !unusual.includes(name) || (checking && name === 'pytorch double');
  return peers
    .filter(({ name }) => (choice === null ? isUsual(name) : choice.some((word) => matches(name, word))))
    .map((peer) => ({
      ...peer,
      command: pythonWith(peer.module, pythons),
      script: fileURLToPath(new URL(`./peers/${peer.script}`, import.meta.url)),
      arguments: ['-B'],
    }));
}

/** The first of several Pythons that finds a module; the first of all where none does, which then says so. */
function pythonWith(module: string, pythons: readonly string[]): string {
  const finds = (python: string) => {
    const code = `import importlib.util as u, sys; sys.exit(u.find_spec("${module}") is None)`;
    return spawnSync(python, ['-c', code], { stdio: 'ignore' }).status === 0;
  };
  return pythons.find(finds) ?? pythons[0]!;
}

/** A choice names a player in full, or the family of its usual members. */
export function matches(name: string, word: string): boolean {
  return name === word || (!unusual.includes(name) && name.split(' ')[0] === word);
}

/** A running player. */
export class Player {
  readonly name: string;
  readonly version: string;
  readonly threads: number;
  readonly startMs: number;
  readonly networkMs: number | null;
  readonly #child: ChildProcess;
  readonly #lines: AsyncIterator<string>;

  private constructor(
    name: string,
    child: ChildProcess,
    lines: AsyncIterator<string>,
    ready: Extract<Ready, { readonly ready: true }>,
  ) {
    this.name = name;
    this.version = ready.version;
    this.threads = ready.threads;
    this.startMs = ready.startMs;
    this.networkMs = ready.networkMs ?? null;
    this.#child = child;
    this.#lines = lines;
  }

  /** The player, or in words why it does not play. */
  static async start(casting: Casting, settings: Omit<Settings, 'variant'>): Promise<Player | string> {
    const whole: Settings = { ...settings, variant: casting.variant };
    const child = spawn(casting.command, [...casting.arguments, casting.script, JSON.stringify(whole)], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...process.env,
        OMP_NUM_THREADS: String(settings.threads),
        TF_CPP_MIN_LOG_LEVEL: '2',
        ...casting.environment,
      },
    });
    const failure = new Promise<string>((resolve) => child.once('error', ({ message }) => resolve(message)));
    child.stdin!.on('error', () => {});
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const first = await Promise.race([readLine(lines), failure.then((reason) => ({ ready: false, reason }))]);
    const ready = (first ?? { ready: false, reason: 'it ended without a word' }) as Ready;
    if (!ready.ready) return ready.reason;
    return new Player(casting.name, child, lines, ready);
  }

  async ask<K extends keyof Answers>(request: Request & { readonly do: K }): Promise<Answers[K]> {
    this.#child.stdin!.write(`${JSON.stringify(request)}\n`);
    const answer = await readLine(this.#lines);
    if (answer === null) throw new Error(`${this.name} ended while it was asked to ${request.do}`);
    return answer as Answers[K];
  }

  async end(): Promise<void> {
    const gone = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.stdin!.write(`${JSON.stringify({ do: 'end' } satisfies Request)}\n`);
    await gone;
  }
}

/** The next line that is JSON: libraries chat on standard output, too. */
async function readLine(lines: AsyncIterator<string>): Promise<unknown> {
  for (;;) {
    const { value, done } = await lines.next();
    if (done) return null;
    if (value.startsWith('{')) return JSON.parse(value);
  }
}
