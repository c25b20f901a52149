import { workKindNames } from '../../../compiler/index.ts';
import { closed, list } from '../../storage/json-schema.ts';

const text = { type: 'string', minLength: 1 } as const;
const positive = { type: 'number', exclusiveMinimum: 0 } as const;
const amount = { type: 'number', minimum: 0 } as const;

const rate = closed({ call: amount, multiplyAdds: amount, numbers: amount });

/** The JSON schema of a calibration: of the file in the cache, and of what `cmrc backend calibrate --format json` prints. */
export const calibrationSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title:
    'cmrc backend calibrate: milliseconds of a call, of 10⁹ multiply-adds and of 10⁹ numbers, by kind of work',
  ...closed({
    version: { const: 1 },
    engine: { const: 'onnx' },
    library: text,
    processor: text,
    created: text,
    seconds: positive,
    threads: { type: 'integer', minimum: 1 },
    block: { type: ['integer', 'null'], minimum: 2 },
    kinds: closed(Object.fromEntries(workKindNames.map((kind) => [kind, rate]))),
    whole: positive,
    factor: { type: 'number', minimum: 1 },
    samples: { type: 'integer', minimum: 1 },
    nodes: { type: 'array', items: positive, minItems: 2, maxItems: 2 },
    checks: list(closed({ network: text, toldMs: positive, ms: positive })),
    unsteady: { type: 'number', minimum: 1 },
    checksum: { type: 'string', pattern: '^[0-9a-f]{64}$' },
  }),
} as const;
