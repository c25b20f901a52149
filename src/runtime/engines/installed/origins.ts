import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { EngineName } from '../../../compiler/index.ts';

/** An npm package with a native library. Where its install script does not run, it may come without that. */
interface LibraryPackage {
  readonly name: string;
  /** The library in it that must be there. */
  readonly library: string;
}

/** How an engine gets to this machine. */
export interface Origin {
  /** Null where it comes with cmrnet. */
  readonly package: LibraryPackage | null;
  /** The command that brings it; none where it comes with cmrnet. */
  readonly install: string | null;
  /** A step of a real network takes minutes: for tests. */
  readonly slow?: true;
}

/** The version of onnxruntime-node whose internal layout is known; others would run, with the self-test to judge them. */
const onnxVersion = '1.30.0';

const native = (name: 'tfjs-node' | 'tfjs-node-gpu', install: string): Origin => ({
  package: { name: `@tensorflow/${name}`, library: 'lib/napi-v8/tfjs_binding.node' },
  install,
});

export const origins: Readonly<Record<EngineName, Origin>> = {
  'tfjs-node-gpu': native('tfjs-node-gpu', 'cmrc backend install --gpu'),
  'tfjs-node': native('tfjs-node', 'cmrc backend install'),
  wasm: { package: null, install: null },
  onnx: {
    package: {
      name: 'onnxruntime-node',
      library: `bin/napi-v6/${process.platform}/${process.arch}/onnxruntime_binding.node`,
    },
    install: `npm install --ignore-scripts onnxruntime-node@${onnxVersion}`,
  },
  cpu: { package: null, install: null, slow: true },
};

/**
 * Whether an engine's npm package is there, with its library.
 * @param program a file beside or above which packages are looked for
 */
export function hasPackage({ package: wanted }: Origin, program: string): boolean {
  if (wanted === null) return false;
  try {
    // Each of them has its entry one folder deep, in `dist`.
    const entry = createRequire(program).resolve(wanted.name);
    return existsSync(join(dirname(dirname(entry)), wanted.library));
  } catch {
    return false;
  }
}
