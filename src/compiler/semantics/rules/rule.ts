import type { Module, Reporter } from '../program/program.ts';

/** One law of the language about a file, which needs nothing but names. */
export type Rule = (module: Module, reporter: Reporter) => void;
