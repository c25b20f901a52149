import { extname } from 'node:path';
import {
  Bag,
  blocksOf,
  type Detail,
  didYouMean,
  emitBlockSvg,
  emitMermaid,
  emitSvg,
  type Graph,
  printGraph,
  type SourceFile,
} from '../../../src/compiler/index.ts';
import { systemProblem, writeAtomically } from '../../../src/runtime/index.ts';
import { type ExitCode, exit } from '../../output/exit.ts';
import type { Output } from '../../output/output.ts';
import { fail, onCommandLine } from '../../output/report.ts';
import { chooseNetwork, compileSound, type SelectionOptions } from '../../study/selection.ts';

/** How a network is written: text, a diagram as text, a drawing. */
type Form = 'mermaid' | 'pdf' | 'svg' | 'text';

export interface GraphOptions extends SelectionOptions {
  /** Left out it follows from the name of the file, else text is printed. */
  readonly format?: Form;
  readonly block?: string;
  readonly detail: Exclude<Detail, 'calls'>;
  readonly out?: string;
}

const endings: Readonly<Record<string, Form>> = {
  '.svg': 'svg',
  '.pdf': 'pdf',
  '.mmd': 'mermaid',
  '.txt': 'text',
};

/** `cmrc graph`: a network, or the inside of one of its blocks, as a drawing. */
export async function graph(output: Output, file: string, options: GraphOptions): Promise<ExitCode> {
  const out = options.out === '-' ? undefined : options.out;
  const named = out === undefined ? undefined : endings[extname(out).toLowerCase()];
  const form = options.format ?? named ?? (out === undefined ? 'text' : undefined);
  const problem = mistakeIn(options, form, out);
  if (problem !== null || form === undefined) {
    output.say(`error: ${problem}\n(\`cmrc graph --help\` says more)`);
    return exit.commandLine;
  }
  const bag = new Bag();
  const sources = new Map<string, SourceFile>();
  const compilation = compileSound(file, options.set ?? [], bag, sources, options.experiment);
  const chosen = compilation === null ? null : chooseNetwork(compilation, file, options, bag);
  if (chosen === null) return fail(output, bag.sorted(), sources);
  const svg = () => svgOf(chosen.graph, file, options, bag);
  const content =
    form === 'mermaid' ? emitMermaid(chosen.graph) : form === 'text' ? printGraph(chosen.graph) : svg();
  if (content === null) return fail(output, bag.sorted(), sources);
  if (out === undefined) {
    output.print(content.trimEnd());
    return exit.fine;
  }
  const written = form === 'pdf' ? await (await import('../../output/pdf.ts')).pdfOf(content) : content;
  try {
    writeAtomically(out, written);
  } catch (error) {
    return fail(output, [systemProblem(error, out)]);
  }
  output.print(`wrote ${out}`);
  return exit.fine;
}

/** What of a command line cannot be done, for people; null where all can. */
function mistakeIn({ block }: GraphOptions, form: Form | undefined, out: string | undefined): string | null {
  if (form === undefined)
    return `\`${out}\` ends in none of ${Object.keys(endings).join(', ')}; \`--format\` says what to write`;
  if (form === 'pdf' && out === undefined) return '`--format pdf` needs a file: `--out network.pdf`';
  if (block !== undefined && form !== 'svg' && form !== 'pdf')
    return '`--block` draws: add `--format svg` or `--out block.svg`';
  return null;
}

function svgOf(network: Graph, path: string, { block, detail }: GraphOptions, bag: Bag): string | null {
  if (block === undefined) return emitSvg(network, detail);
  const svg = emitBlockSvg(network, block);
  if (svg !== null) return svg;
  const names = blocksOf(network);
  const close = didYouMean(onCommandLine, block, names).map(({ message }) => ({ message }));
  bag.report('unknownExperiment', {
    at: onCommandLine,
    arguments: { path, kind: 'block', name: block },
    notes: [`\`${network.name}\` calls ${names.map((name) => `\`${name}\``).join(', ') || 'no block'}`],
    help: close,
  });
  return null;
}
