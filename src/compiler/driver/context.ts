import type { Signatures } from '../semantics/names/signatures.ts';
import type { Program, Reporter } from '../semantics/program/program.ts';
import type { Host } from '../source/host.ts';
import type { SourceFile } from '../source/source-file.ts';
import type { Findings } from './findings.ts';
import type { UnreadPlaces } from './unread-places.ts';

/** What the jobs of one compilation share. */
export interface Context {
  readonly program: Program;
  readonly host: Host;
  /** All files that were read, by path, and the command line if it was. */
  readonly sources: ReadonlyMap<string, SourceFile>;
  readonly unread: UnreadPlaces;
  readonly signatures: Signatures;
  /** Takes the mistakes of no experiment or network in particular. */
  readonly reporter: Reporter;
  /** Where everything that is found comes together. */
  readonly findings: Findings;
  /** The only experiment whose findings are told; all where left out. */
  readonly experiment?: string;
}
