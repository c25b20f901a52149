// Writes the files that derive from the grammar: `npm run generate`. A test compares them with what is here.
import { readFileSync, writeFileSync } from 'node:fs';
import { argv } from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { generateCstDts, type ISerializedGast } from 'chevrotain';
import { CmrnetParser } from './parser.ts';
import {
  Comment,
  declarationWords,
  False,
  Head,
  Identifier,
  isSoft,
  Loss,
  NumberLiteral,
  Stage,
  StringLiteral,
  signs,
  type Terminal,
  True,
  units,
  words,
} from './tokens.ts';

/** The derived files by their names in this folder. */
export function derivedFiles(): Readonly<Record<string, string>> {
  const parser = new CmrnetParser({ skipValidations: false });
  return {
    'cst.ts': cstTypes(parser),
    'cmrnet.ebnf': ebnf(parser.getSerializedGastProductions()),
    'cmrnet.tmLanguage.json': `${JSON.stringify(highlighting(), undefined, 2)}\n`,
  };
}

/** The text of a file in this folder. */
export function readHere(name: string): string {
  return readFileSync(fileURLToPath(new URL(name, import.meta.url)), 'utf8');
}

/** The types of the concrete syntax tree. The visitor interface is left out, and with it an import. */
function cstTypes(parser: CmrnetParser): string {
  const text = generateCstDts(parser.getGAstProductions(), { includeVisitorInterface: false });
  return `// Written from grammar/parser.ts by \`npm run generate\`.\n${text.replace('ICstVisitor, ', '').trimEnd()}\n`;
}

const terminals: ReadonlyMap<string, string> = new Map([
  ...[...words, ...signs].map((type): [string, string] => [type.name, `"${signOf(type)}"`]),
  [Identifier.name, 'NAME'],
  [NumberLiteral.name, 'NUMBER'],
  [StringLiteral.name, 'STRING'],
]);

function signOf(type: Terminal): string {
  return String(type.PATTERN);
}

/** The grammar in EBNF: one rule to a line, alternatives below each other where they do not fit. */
function ebnf(rules: readonly ISerializedGast[]): string {
  const parts = fromTop(rules as unknown as readonly Rule[]);
  const width = Math.max(...parts.map((rule) => rule.name.length));
  const lines = parts.map((rule) => {
    const head = `${rule.name.padEnd(width)} = `;
    const body = sequence(rule.definition ?? []);
    if (head.length + body.length + 2 <= 100) return `${head}${body} ;`;
    return `${head}${wrap(rule.definition ?? [], width)}\n${' '.repeat(width)} ;`;
  });
  const soft = words.filter(isSoft).map(signOf);
  return [
    '(* The grammar of .cmrnet files, written from grammar/parser.ts by `npm run generate`. *)',
    '',
    ...lines,
    '',
    '(* A NAME is a letter or `_` and then letters, digits and `_`; reserved words are no names,',
    `   but ${soft.join(', ')} are.`,
    `   A NUMBER is written in decimals and may end with a unit: ${units.join(', ')}.`,
    '   A STRING stands in double quotes on one line; `\\"`, `\\\\`, `\\n` and `\\t` are its escapes.',
    '   Comments start with `//`, documentation with `///`. *)',
    '',
  ].join('\n');
}

interface Rule extends Production {
  readonly name: string;
}

/** The rules from `file` down; those of expressions, which the parser defines before, come last. */
function fromTop(rules: readonly Rule[]): readonly Rule[] {
  const top = rules.findIndex((rule) => rule.name === 'file');
  return [...rules.slice(top), ...rules.slice(0, top)];
}

interface Production {
  readonly type: string;
  readonly name?: string;
  readonly definition?: readonly Production[];
}

/** A rule too long for a line: each alternative on a line of its own, or as many parts on a line as fit. */
function wrap(definition: readonly Production[], width: number): string {
  const alone = definition.length === 1 ? definition[0] : undefined;
  const indent = `\n${' '.repeat(width)}`;
  if (alone?.type === 'Alternation') {
    return (alone.definition ?? []).map((part) => sequence(part.definition ?? [])).join(`${indent} | `);
  }
  const lines = [''];
  for (const part of definition.map((item) => one(item, true))) {
    const line = `${lines.at(-1)} ${part}`.trimStart();
    if (width + 3 + line.length <= 100) lines[lines.length - 1] = line;
    else lines.push(part);
  }
  return lines.join(`${indent}   `);
}

function sequence(definition: readonly Production[]): string {
  return definition.map((part) => one(part, definition.length > 1)).join(' ');
}

function one(part: Production, amongOthers = false): string {
  const inner = part.definition ?? [];
  switch (part.type) {
    case 'Terminal':
      return terminals.get(part.name ?? '') ?? String(part.name);
    case 'NonTerminal':
      return String(part.name);
    case 'Option':
      return `[ ${sequence(inner)} ]`;
    case 'Repetition':
      return `{ ${sequence(inner)} }`;
    case 'Alternation': {
      const text = inner.map((alternative) => sequence(alternative.definition ?? [])).join(' | ');
      return amongOthers ? `( ${text} )` : text;
    }
    default:
      throw new Error(`the grammar uses ${part.type}, which has no form in EBNF yet`);
  }
}

/** A TextMate grammar for editors. */
function highlighting(): object {
  const alternation = (types: readonly Terminal[]) => types.map(signOf).join('|');
  const declaring = [...declarationWords, Loss, Stage, Head];
  const constants = [True, False];
  const others = words.filter((type) => !declaring.includes(type) && !constants.includes(type));
  return {
    $schema: 'https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json',
    name: 'cmrnet',
    scopeName: 'source.cmrnet',
    fileTypes: ['cmrnet'],
    patterns: [
      { name: 'comment.line.documentation.cmrnet', match: '///.*$' },
      { name: 'comment.line.double-slash.cmrnet', match: regex(Comment) },
      {
        name: 'string.quoted.double.cmrnet',
        begin: '"',
        end: '"|$',
        patterns: [{ name: 'constant.character.escape.cmrnet', match: '\\\\.' }],
      },
      { name: 'entity.name.tag.cmrnet', match: `@${regex(Identifier)}` },
      {
        match: `\\b(${alternation(declaring)})\\s+(${regex(Identifier)})`,
        captures: { 1: { name: 'keyword.declaration.cmrnet' }, 2: { name: 'entity.name.type.cmrnet' } },
      },
      { name: 'constant.language.cmrnet', match: `\\b(${alternation(constants)})\\b` },
      { name: 'keyword.control.cmrnet', match: `\\b(${alternation([...declaring, ...others])})\\b` },
      { name: 'constant.numeric.cmrnet', match: `\\b${regex(NumberLiteral)}` },
      {
        match: `\\b(${regex(Identifier)})\\s*(?=\\()`,
        captures: { 1: { name: 'entity.name.function.cmrnet' } },
      },
      { name: 'keyword.operator.cmrnet', match: '\\|>|\\.\\.\\.?|[|=+*/-]' },
    ],
  };
}

function regex(type: Terminal): string {
  return (type.PATTERN as RegExp).source.replaceAll('\\/', '/');
}

if (argv[1] !== undefined && import.meta.url === pathToFileURL(argv[1]).href) {
  for (const [name, text] of Object.entries(derivedFiles())) {
    writeFileSync(fileURLToPath(new URL(name, import.meta.url)), text);
  }
}
