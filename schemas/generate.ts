// Writes what derives from the compiler's tables: the published JSON schemas beside this file, and the tables of the
// language reference in `grammar/README.md`. `npm run generate` runs it, tests compare.
import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { changelogSchema } from '../cli/commands/program/changelog-schema.ts';
import {
  diagnosticsJsonSchema,
  differenceSchema,
  graphSchema,
  languageReference,
  layersPlanSchema,
  onnxManifestSchema,
  startSchema,
  summarySchema,
} from '../src/compiler/index.ts';
import { fingerprintSchema } from '../src/runtime/data/look/fingerprint-schema.ts';
import { manifestSchema } from '../src/runtime/data/manifest/manifest-schema.ts';
import { calibrationSchema } from '../src/runtime/engines/calibration/calibration-schema.ts';
import { doctorSchema } from '../src/runtime/engines/doctor/doctor-schema.ts';
import { evaluationSchema } from '../src/runtime/metrics/evaluation-schema.ts';
import { predictedSchema } from '../src/runtime/predict/report.ts';
import { comparisonSchema } from '../src/runtime/report/comparison/comparison-schema.ts';
import { runsSchema } from '../src/runtime/runs/catalogue/runs-schema.ts';
import { dataRecordSchema } from '../src/runtime/runs/record/data-record.ts';
import { predictionsSchema } from '../src/runtime/runs/results/predictions-schema.ts';
import { studySchema } from '../src/runtime/studies/study-schema.ts';

/** Every published schema by the name of its file. */
const published: Readonly<Record<string, object>> = {
  'calibration.schema.json': calibrationSchema,
  'changelog.schema.json': changelogSchema,
  'comparison.schema.json': comparisonSchema,
  'data-record.schema.json': dataRecordSchema,
  'diagnostics.schema.json': diagnosticsJsonSchema,
  'difference.schema.json': differenceSchema,
  'doctor.schema.json': doctorSchema,
  'evaluation.schema.json': evaluationSchema,
  'fingerprint.schema.json': fingerprintSchema,
  'graph.schema.json': graphSchema,
  'layers-plan.schema.json': layersPlanSchema,
  'manifest.schema.json': manifestSchema,
  'onnx-manifest.schema.json': onnxManifestSchema,
  'predicted.schema.json': predictedSchema,
  'predictions.schema.json': predictionsSchema,
  'runs.schema.json': runsSchema,
  'start.schema.json': startSchema,
  'study.schema.json': studySchema,
  'summary.schema.json': summarySchema,
};

/** The text of every schema file. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(published).map(([name, schema]) => [name, `${JSON.stringify(schema, null, 2)}\n`]),
  );
}

/** The language reference with its tables as the compiler has them now. */
export function referencePage(page: string): string {
  const [begin, end] = [
    "<!-- reference: written by `npm run generate` from the compiler's tables -->",
    '<!-- end of reference -->',
  ];
  const [before, rest] = page.split(begin);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error('the language reference has lost its marks');
  return `${before}${begin}\n\n${languageReference()}\n\n${end}${after}`;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  for (const [name, text] of schemaFiles()) writeFileSync(new URL(name, import.meta.url), text);
  const reference = new URL('../grammar/README.md', import.meta.url);
  writeFileSync(reference, referencePage(readFileSync(reference, 'utf8')));
}
