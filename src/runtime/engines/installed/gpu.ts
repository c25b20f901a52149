import type { Runner } from './command.ts';

/** A GPU as its driver sees it. */
export interface Gpu {
  readonly name: string;
  readonly memoryMegabytes: number | null;
  readonly driver: string | null;
}

const fields = ['name', 'memory.total', 'driver_version'];

/** The NVIDIA GPUs of this machine; `problem` says why there are none to be used. */
export async function findGpus(
  run: Runner,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<{ readonly gpus: readonly Gpu[]; readonly problem: string | null }> {
  const words = [`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'];
  const { status, output, errors, failure } = await run('nvidia-smi', words, { silentMs: 20_000 });
  if (failure === 'missing') {
    return { gpus: [], problem: 'there is no NVIDIA driver on this machine (no `nvidia-smi`)' };
  }
  if (status !== 0) {
    const line = `${output}\n${errors}`.split('\n').find((one) => one.trim() !== '');
    return { gpus: [], problem: `\`nvidia-smi\` says: ${line?.trim() ?? 'nothing'}` };
  }
  const gpus = output
    .split('\n')
    .filter((line) => line.includes(','))
    .map((line) => {
      const [name = '', memory, driver] = line.split(',').map((cell) => cell.trim());
      return { name, memoryMegabytes: Number(memory) || null, driver: driver ?? null };
    });
  if (gpus.length === 0) return { gpus, problem: '`nvidia-smi` lists no GPU' };
  const visible = environment['CUDA_VISIBLE_DEVICES'];
  const hidden = visible === '' || visible === '-1';
  return { gpus, problem: hidden ? `CUDA_VISIBLE_DEVICES is \`${visible}\`, which hides them all` : null };
}
