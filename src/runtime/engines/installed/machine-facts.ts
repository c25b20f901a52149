import { readFileSync } from 'node:fs';
import os from 'node:os';

/** What a machine offers to engines. */
export interface MachineFacts {
  readonly platform: string;
  readonly processor: string;
  readonly cores: number;
  readonly memory: { readonly totalBytes: number; readonly freeBytes: number };
  /** Vector instructions of WebAssembly in this Node; those of the processor, null where the system does not say. */
  readonly wasmSimd: boolean;
  readonly avx2: boolean | null;
  readonly avx512: boolean | null;
}

export function machineFacts(): MachineFacts {
  const flags = processorFlags();
  return {
    platform: `${process.platform} ${process.arch}, ${os.release()}`,
    processor: os.cpus()[0]?.model.trim() ?? 'unknown',
    cores: os.availableParallelism(),
    memory: { totalBytes: os.totalmem(), freeBytes: os.freemem() },
    wasmSimd: WebAssembly.validate(simdModule),
    avx2: flags === null ? null : flags.has('avx2'),
    avx512: flags === null ? null : flags.has('avx512f'),
  };
}

/** Linux lists them by name; elsewhere there is no file to ask. */
function processorFlags(): ReadonlySet<string> | null {
  try {
    const line = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1];
    return line === undefined ? null : new Set(line.split(' '));
  } catch {
    return null;
  }
}

/** `(func (result v128) i32.const 0 i8x16.splat i8x16.popcnt)` */
const simdModule = Uint8Array.from([
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98,
  11,
]);
