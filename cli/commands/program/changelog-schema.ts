import { changeKinds } from '../../text/changelog.ts';

const text = { type: 'string' } as const;

/** What `cmrc changelog --format json` prints. */
export const changelogSchema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  title: 'What versions of cmrnet brought, as `cmrc changelog` tells it',
  type: 'object',
  properties: {
    version: { const: 1 },
    releases: {
      description: 'the newest first',
      type: 'array',
      items: {
        type: 'object',
        properties: {
          version: { ...text, pattern: '^(\\d+\\.\\d+\\.\\d+|Unreleased)$' },
          date: {
            description: 'null before the release',
            type: ['string', 'null'],
            pattern: '^\\d{4}-\\d{2}-\\d{2}$',
          },
          summary: text,
          changes: {
            type: 'array',
            items: {
              type: 'object',
              properties: {
                kind: { enum: changeKinds },
                entries: { type: 'array', items: text },
              },
              required: ['kind', 'entries'],
              additionalProperties: false,
            },
          },
        },
        required: ['version', 'date', 'summary', 'changes'],
        additionalProperties: false,
      },
    },
  },
  required: ['version', 'releases'],
  additionalProperties: false,
} as const;
