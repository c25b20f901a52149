import { closed, list, number, text } from '../../storage/json-schema.ts';

const flag = { type: 'boolean' } as const;
const perhaps = (type: string) => ({ type: [type, 'null'] }) as const;

/** The JSON schema of what `cmrc doctor --format json` prints. */
export const doctorSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'cmrc doctor',
  ...closed({
    version: { const: 1 },
    node: closed({ version: text, supported: flag }),
    machine: closed({
      platform: text,
      processor: text,
      cores: number,
      memory: closed({ totalBytes: number, freeBytes: number }),
      wasmSimd: flag,
      avx2: perhaps('boolean'),
      avx512: perhaps('boolean'),
    }),
    busy: { oneOf: [{ type: 'null' }, closed({ load: number, cores: number })] },
    gpus: list(closed({ name: text, memoryMegabytes: perhaps('number'), driver: perhaps('string') })),
    gpuProblem: perhaps('string'),
    tools: closed({
      npm: perhaps('string'),
      compiler: perhaps('string'),
      pythons: list(closed({ executable: text, version: text, pip: flag, tensorflow: perhaps('string') })),
    }),
    engines: list(
      closed({
        name: text,
        state: { enum: ['embedded', 'installed', 'package', 'broken', 'absent'] },
        speed: {
          oneOf: [
            { type: 'null' },
            closed({
              version: text,
              threads: number,
              batch: number,
              stepMs: number,
              inferenceMs: number,
              memoryBytes: number,
            }),
          ],
        },
        problem: perhaps('string'),
        install: perhaps('string'),
      }),
    ),
    cache: text,
    advice: { ...list(text), minItems: 1 },
  }),
} as const;
