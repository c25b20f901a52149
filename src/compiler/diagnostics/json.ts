import type { Span } from '../source/span.ts';
import type { Diagnostic, Severity } from './diagnostic.ts';
import type { Applicability } from './message.ts';
import type { Sources } from './render.ts';

/** The version of the machine form; it grows when a field changes its meaning or goes. */
const diagnosticsVersion = 1;

/** Lines and characters start at 0, as editors count; characters and offsets are UTF-16 code units. */
interface JsonPosition {
  readonly line: number;
  readonly character: number;
  readonly offset: number;
}

interface JsonRange {
  readonly start: JsonPosition;
  readonly end: JsonPosition;
}

interface JsonDiagnostic {
  readonly code: string;
  readonly name: string;
  readonly severity: Severity;
  readonly message: string;
  readonly file: string;
  readonly range: JsonRange;
  /** Words beside the primary mark; empty when there are none. */
  readonly label: string;
  /** The other places that contributed. */
  readonly labels: readonly { readonly file: string; readonly range: JsonRange; readonly text: string }[];
  readonly notes: readonly string[];
  readonly help: readonly {
    readonly message: string;
    /** Whether the edits may be made unseen; null where there are none. */
    readonly applicability: Applicability | null;
    readonly edits: readonly {
      readonly file: string;
      readonly start: number;
      readonly end: number;
      readonly text: string;
    }[];
  }[];
}

/** What `--format json` prints. */
export interface DiagnosticsJson {
  readonly version: typeof diagnosticsVersion;
  readonly diagnostics: readonly JsonDiagnostic[];
  readonly summary: { readonly errors: number; readonly warnings: number; readonly notes: number };
}

/** Diagnostics in the machine form, which {@link diagnosticsJsonSchema} describes. */
export function diagnosticsToJson(diagnostics: readonly Diagnostic[], sources: Sources): DiagnosticsJson {
  const count = (severity: Severity) => diagnostics.filter((item) => item.severity === severity).length;
  return {
    version: diagnosticsVersion,
    diagnostics: diagnostics.map((item) => diagnosticToJson(item, sources)),
    summary: { errors: count('error'), warnings: count('warning'), notes: count('note') },
  };
}

function diagnosticToJson(item: Diagnostic, sources: Sources): JsonDiagnostic {
  const { code, name, severity, message, primary, secondary, notes, help } = item;
  return {
    code,
    name,
    severity,
    message,
    file: primary.span.file,
    range: rangeOf(primary.span, sources),
    label: primary.text,
    labels: secondary.map(({ span, text }) => ({ file: span.file, range: rangeOf(span, sources), text })),
    notes,
    help: help.map(({ message: text, edits = [], applicability = null }) => ({
      message: text,
      applicability,
      edits: edits.map((edit) => ({ ...edit.span, text: edit.text })),
    })),
  };
}

/** In a file whose text is not at hand, such as an image, only offsets are known. */
function rangeOf(span: Span, sources: Sources): JsonRange {
  const source = sources.get(span.file);
  const place = (offset: number): JsonPosition => ({
    ...(source?.position(offset) ?? { line: 0, character: 0 }),
    offset,
  });
  return { start: place(span.start), end: place(span.end) };
}

const count = { type: 'integer', minimum: 0 } as const;
const text = { type: 'string' } as const;

/** An object of which every property is there and no other. */
function exactly<const P extends Record<string, object>>(properties: P) {
  return {
    type: 'object',
    properties,
    required: Object.keys(properties),
    additionalProperties: false,
  } as const;
}

const position = exactly({ line: count, character: count, offset: count });
const range = exactly({ start: position, end: position });

/** The JSON schema (draft 2020-12) of {@link DiagnosticsJson}. */
export const diagnosticsJsonSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'Diagnostics of cmrc',
  ...exactly({
    version: { const: diagnosticsVersion },
    diagnostics: {
      type: 'array',
      items: exactly({
        code: { type: 'string', pattern: '^CMR\\d{3}$' },
        name: { type: 'string', pattern: '^[a-z0-9]+(-[a-z0-9]+)*$' },
        severity: { enum: ['error', 'warning', 'note'] },
        message: text,
        file: text,
        range,
        label: text,
        labels: { type: 'array', items: exactly({ file: text, range, text }) },
        notes: { type: 'array', items: text },
        help: {
          type: 'array',
          items: exactly({
            message: text,
            applicability: { enum: ['sure', 'maybe', null] },
            edits: { type: 'array', items: exactly({ file: text, start: count, end: count, text }) },
          }),
        },
      }),
    },
    summary: exactly({ errors: count, warnings: count, notes: count }),
  }),
};
