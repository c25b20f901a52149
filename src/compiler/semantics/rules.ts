import type { Module, Reporter } from './program.ts';
import { annotations } from './rules/annotations.ts';
import { recursiveBlock } from './rules/recursive-block.ts';
import { statements } from './rules/statements.ts';
import { unusedImport } from './rules/unused-import.ts';
import { unusedName } from './rules/unused-name.ts';

/** One law of the language about a file, which needs nothing but names. */
export type Rule = (module: Module, reporter: Reporter) => void;

/** All rules, in the order in which they run. */
export const rules: readonly Rule[] = [annotations, unusedImport, statements, recursiveBlock, unusedName];
