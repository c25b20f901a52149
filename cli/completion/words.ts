import {
  codes,
  engineNames,
  operation,
  operationNames,
  settingTopics,
  terms,
  unitTopics,
} from '../../src/compiler/index.ts';
import type { Candidate } from './candidate.ts';

/** What `cmrc explain` explains of the language: operations, losses, metrics, settings, units and codes. */
export const topics: readonly Candidate[] = [
  ...operationNames.map((name) => ({ value: name, description: `operation: ${operation(name).summary}` })),
  ...terms.map(({ name, kind, doc }) => ({ value: name, description: `${kind}: ${doc}` })),
  ...settingTopics.map(({ path, doc }) => ({ value: path, description: `setting: ${doc}` })),
  ...unitTopics.map(({ name, doc }) => ({ value: name, description: `unit: ${doc}` })),
  ...Object.values(codes).map(({ code, severity }) => ({ value: code, description: severity })),
];

/** What `--set` changes: settings of experiments. The value is typed on. */
export const settings: readonly Candidate[] = [
  { value: 'model.', description: 'a parameter of the network' },
  ...settingTopics.flatMap(({ kind, of, path, doc }) =>
    kind === 'setting' && of === 'experiment' ? [{ value: `${path}=`, description: doc }] : [],
  ),
];

/** What `cmrc backend use` takes. */
export const engines: readonly Candidate[] = [
  ...engineNames.map((value) => ({ value, description: 'engine' })),
  { value: 'default', description: 'the order of cmrnet' },
];
