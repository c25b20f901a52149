import { annotations } from './rules/annotations.ts';
import { recursiveBlock } from './rules/recursive-block.ts';
import type { Rule } from './rules/rule.ts';
import { statements } from './rules/statements.ts';
import { unusedImport } from './rules/unused-import.ts';
import { unusedName } from './rules/unused-name.ts';

/** All rules, in the order in which they run. */
export const rules: readonly Rule[] = [annotations, unusedImport, statements, recursiveBlock, unusedName];
