// Writes the published JSON schemas beside this file; `npm run generate` runs it, a test compares.
import { writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { diagnosticsJsonSchema, graphSchema, layersPlanSchema, summarySchema } from '../src/compiler/index.ts';

/** Every published schema by the name of its file. */
const published: Readonly<Record<string, object>> = {
  'diagnostics.schema.json': diagnosticsJsonSchema,
  'graph.schema.json': graphSchema,
  'layers-plan.schema.json': layersPlanSchema,
  'summary.schema.json': summarySchema,
};

/** The text of every schema file. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(Object.entries(published).map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`]));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, text] of schemaFiles()) writeFileSync(new URL(name, import.meta.url), text);
}
