import { join } from 'node:path';
import type { Runner } from '../installed/command.ts';

/** A Python on this machine. */
export interface Python {
  readonly executable: string;
  /** `3.11` */
  readonly version: string;
  readonly pip: boolean;
  /** The folder of its package `tensorflow`, null without one. */
  readonly tensorflow: string | null;
}

/** Asks a Python about itself without importing TensorFlow, which takes seconds. */
const question = `
import importlib.util, json, sys
spec = importlib.util.find_spec('tensorflow')
places = list(spec.submodule_search_locations or []) if spec else []
print(json.dumps({
  'executable': sys.executable,
  'version': '%d.%d' % sys.version_info[:2],
  'pip': importlib.util.find_spec('pip') is not None,
  'tensorflow': places[0] if places else None,
}))
`;

const silentMs = 20_000;

/** The Pythons that are likely meant, each once: the one named, the active environment's, those on the path. */
export async function findPythons(
  run: Runner,
  environment: Readonly<Record<string, string | undefined>>,
  named?: string,
): Promise<readonly Python[]> {
  const windows = process.platform === 'win32';
  const inside = (root: string) =>
    windows ? join(root, 'Scripts', 'python.exe') : join(root, 'bin', 'python');
  const active = [environment['VIRTUAL_ENV'], environment['CONDA_PREFIX']].flatMap((root) =>
    root ? [inside(root)] : [],
  );
  const candidates = named !== undefined ? [named] : [...active, 'python3', 'python'];
  const found = new Map<string, Python>();
  for (const candidate of candidates) {
    const { status, output } = await run(candidate, ['-c', question], { silentMs });
    const python = status === 0 ? parse(output) : null;
    if (python !== null && !found.has(python.executable)) found.set(python.executable, python);
  }
  return [...found.values()];
}

function parse(output: string): Python | null {
  try {
    return JSON.parse(output.trim().split('\n').at(-1)!) as Python;
  } catch {
    return null;
  }
}
