import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { experimentCodes } from '../../src/compiler/diagnostics/codes/experiments.ts';
import { nameCodes } from '../../src/compiler/diagnostics/codes/names.ts';
import { targetCodes } from '../../src/compiler/diagnostics/codes/targets.ts';
import { typeCodes } from '../../src/compiler/diagnostics/codes/types.ts';
import { variantCodes } from '../../src/compiler/diagnostics/codes/variants.ts';
import { renderDiagnostics } from '../../src/compiler/diagnostics/render.ts';
import { compile } from '../../src/compiler/driver/compile.ts';
import { errorCases } from '../support/error-cases.ts';
import { specHost } from '../support/spec-host.ts';

const path = 'specs/example.cmrnet';

/** What people see of the mistakes in a text; warnings about the imported specs are left out. */
function rendered(text: string): string {
  const { diagnostics, sources } = compile(path, specHost({ [path]: text }));
  const own = diagnostics.filter(
    (item) => item.primary.span.file === path || item.severity === 'error' || !/CMR4/.test(item.code),
  );
  return `${renderDiagnostics(own, sources)}\n`;
}

for (const [file, codes] of Object.entries({
  '2xx': nameCodes,
  '3xx': typeCodes,
  '5xx': experimentCodes,
  '6xx': variantCodes,
  // What an engine says while a run begins no spec can show.
  '7xx': { stepMemory: targetCodes.stepMemory },
})) {
  const errors = suite(`errors ${file}`);
  const cases = errorCases(`test/errors/${file}.txt`, rendered);
  for (const { title, source, errors: expected } of cases) {
    errors(title, () => assert.fixture(rendered(source), expected));
  }
  errors('every code is shown', () => {
    const shown = cases.map((item) => item.errors).join('');
    for (const { code } of Object.values(codes)) {
      assert.ok(shown.includes(`[${code}]`), `${code} is not shown`);
    }
  });
  errors.run();
}
