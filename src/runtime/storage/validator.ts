import { createRequire } from 'node:module';
import type { Ajv2020 } from 'ajv/dist/2020.js';

/**
 * Tells whether a value is valid against a JSON schema. The schema is compiled, and Ajv loaded, when this is asked first:
 * that takes a third of the time in which a command starts, and few commands ask.
 */
export function validator<T>(schema: object): (value: unknown) => value is T {
  let check: ((value: unknown) => value is T) | undefined;
  return (value): value is T => {
    if (check === undefined) {
      const load = createRequire(import.meta.url);
      const { Ajv2020: Ajv } = load('ajv/dist/2020.js') as { readonly Ajv2020: typeof Ajv2020 };
      check = new Ajv({ strict: true, allowUnionTypes: true }).compile<T>(schema);
    }
    return check(value);
  };
}
