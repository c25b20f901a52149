import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  Bag,
  codes,
  didYouMean,
  formatSignature,
  kebab,
  type OperationName,
  operation,
  operationNames,
  type SourceFile,
  type Term,
  terms,
} from '../../../src/compiler/index.ts';
import { packageRoot } from '../../environment/package.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, onCommandLine } from '../../output/report.ts';
import { compileSound } from '../../study/selection.ts';
import { columns } from '../../text/columns.ts';
import { markdown } from '../../text/markdown.ts';
import { provenanceText } from '../../text/provenance.ts';
import { type Topic, topicNames, topicsNamed, topicText } from '../../text/topics.ts';

const codeEntries = Object.entries(codes).map(([name, entry]) => ({ name: kebab(name), ...entry }));

/** `cmrc explain`: the page of a code, the entry of a word of the language, or the sources of a spec's values. */
export async function explain(output: Output, topic: string, _options: object): Promise<ExitCode> {
  const entry = codeEntries.find(({ code, name }) => code === topic.toUpperCase() || name === topic);
  if (entry !== undefined) return explainCode(output, entry);
  const found = operationNames.find((name) => name === topic);
  if (found !== undefined) return explainOperation(output, found);
  const words = terms.filter(({ name }) => name === topic);
  if (words.length > 0) return explainTerms(output, words);
  const others = topicsNamed(topic);
  if (others.length > 0) return explainTopics(output, others);
  if (topic.endsWith('.cmrnet') || existsSync(topic)) return explainSpec(output, topic);
  return unknown(output, topic);
}

function explainCode(output: Output, entry: (typeof codeEntries)[number]): ExitCode {
  const { code, name, severity } = entry;
  const path = join(packageRoot, 'src', 'compiler', 'diagnostics', 'explain', `${code}.md`);
  const page = readFileSync(path, 'utf8');
  output.value({ version: 1, code, name, severity, page });
  for (const line of markdown(page, output.color)) output.print(line);
  output.print(
    `\nseverity: ${severity}${severity === 'warning' ? `; \`@allow("${name}")\` on the line above silences it` : ''}`,
  );
  return exit.fine;
}

function explainOperation(output: Output, name: OperationName): ExitCode {
  const { summary, operands, parameters, example } = operation(name);
  const signature = formatSignature(name);
  output.value({ version: 1, operation: name, signature, summary, operands, parameters, example });
  output.print(signature);
  output.print(`\n${summary}`);
  if (parameters.length > 0) {
    output.print('');
    const rows = parameters.map((parameter) => [`  ${parameter.name}`, parameter.doc]);
    for (const line of columns(rows)) output.print(line);
  }
  output.print(`\n  ${example}`);
  return exit.fine;
}

function explainTerms(output: Output, words: readonly Term[]): ExitCode {
  output.value({ version: 1, terms: words });
  for (const [index, { kind, signature, heads, doc, measured }] of words.entries()) {
    output.print(`${index > 0 ? '\n' : ''}${signature}`);
    output.print(`\n  a ${kind} of ${heads.join(' and ')} heads: ${doc}`);
    for (const line of measured) output.print(`  ${line}`);
  }
  return exit.fine;
}

function explainTopics(output: Output, topics: readonly Topic[]): ExitCode {
  output.value({ version: 1, topics });
  for (const [index, topic] of topics.entries()) {
    if (index > 0) output.print('');
    for (const line of topicText(topic)) output.print(line);
  }
  return exit.fine;
}

function explainSpec(output: Output, path: string): ExitCode {
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const compilation = compileSound(path, [], bag, sources);
  if (compilation === null) return fail(output, bag.sorted(), sources);
  output.value({ version: 1, provenance: compilation.provenance });
  for (const line of provenanceText(compilation.provenance)) output.print(line);
  return exit.fine;
}

function unknown(output: Output, topic: string): ExitCode {
  const bag = new Bag();
  const topics = [
    ...operationNames,
    ...terms.map(({ name }) => name),
    ...topicNames,
    ...codeEntries.flatMap(({ code, name }) => [code, name]),
  ];
  const close = didYouMean(onCommandLine, topic, topics).map(({ message }) => ({ message }));
  bag.report('unknownTopic', {
    at: onCommandLine,
    arguments: { topic },
    help:
      close.length > 0
        ? close
        : [
            {
              message:
                'name a code such as `CMR412`, an operation, a loss, a metric, a setting, a layout, a unit, or a spec',
            },
          ],
  });
  return fail(output, bag.sorted());
}
