const text = { type: 'string' } as const;
const number = { type: 'number' } as const;
const flag = { type: 'boolean' } as const;
const perhaps = (type: string) => ({ type: [type, 'null'] }) as const;

function object(properties: Readonly<Record<string, object>>) {
  return {
    type: 'object',
    required: Object.keys(properties),
    additionalProperties: false,
    properties,
  } as const;
}

function list(items: object) {
  return { type: 'array', items } as const;
}

/** The JSON schema of what `cmrc doctor --format json` prints. */
export const doctorSchema = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'cmrc doctor',
  ...object({
    version: { const: 1 },
    node: object({ version: text, supported: flag }),
    machine: object({
      platform: text,
      processor: text,
      cores: number,
      memory: object({ totalBytes: number, freeBytes: number }),
      wasmSimd: flag,
      avx2: perhaps('boolean'),
      avx512: perhaps('boolean'),
    }),
    gpus: list(object({ name: text, memoryMegabytes: perhaps('number'), driver: perhaps('string') })),
    gpuProblem: perhaps('string'),
    tools: object({
      npm: perhaps('string'),
      compiler: perhaps('string'),
      pythons: list(object({ executable: text, version: text, pip: flag, tensorflow: perhaps('string') })),
    }),
    engines: list(
      object({
        name: text,
        state: { enum: ['embedded', 'installed', 'package', 'broken', 'absent'] },
        speed: {
          oneOf: [
            { type: 'null' },
            object({
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
