import type { Bag } from '../../diagnostics/diagnostic.ts';
import { didYouMean } from '../../diagnostics/suggest.ts';
import type { Host } from '../../source/host.ts';
import { SourceFile } from '../../source/source-file.ts';
import type { Span } from '../../source/span.ts';
import type * as ast from '../../syntax/ast.ts';
import { isReadable } from '../../syntax/readable.ts';
import type { Declared, Module, Program } from './program.ts';

/** Text to syntax tree; what it cannot read it reports. */
export type Parse = (path: string, text: string, bag: Bag) => ast.File;

/** Reads a file and everything it imports, and gives every file the names that it sees. */
export function loadProgram(path: string, host: Host, parse: Parse, bag: Bag): Program | undefined {
  const loading = new Loading(host, parse, bag);
  const main = loading.load(path, undefined);
  return main && { main, modules: loading.modules, sources: loading.sources };
}

class Loading {
  readonly modules: Module[] = [];
  readonly sources = new Map<string, SourceFile>();
  readonly #byPath = new Map<string, Module>();
  readonly #open: string[] = [];
  readonly #host: Host;
  readonly #parse: Parse;
  readonly #bag: Bag;

  constructor(host: Host, parse: Parse, bag: Bag) {
    this.#host = host;
    this.#parse = parse;
    this.#bag = bag;
  }

  /** The module of a file; reports a file that cannot be read where it is imported. */
  load(path: string, importedAt: Span | undefined): Module | undefined {
    const loaded = this.#byPath.get(path);
    if (loaded) return loaded;
    const text = this.#host.read(path);
    if (text === undefined) {
      if (!importedAt) this.sources.set(path, new SourceFile(path, ''));
      this.#bag.report('missingFile', {
        at: importedAt ?? { file: path, start: 0, end: 0 },
        arguments: { path },
        notes: importedAt ? ['an import names a file relative to its own, such as `"./blocks.cmrnet"`'] : [],
      });
      return undefined;
    }
    const source = new SourceFile(path, text);
    this.sources.set(path, source);
    if (!isReadable(source, this.#bag)) return undefined;
    const file = this.#parse(path, text, this.#bag);
    this.#open.push(path);
    const unresolved = new Set<string>();
    const names = this.#imports(file, path, unresolved);
    this.#open.pop();
    const module: Module = { path, file, names, unresolved };
    this.#declare(module, names);
    this.#byPath.set(path, module);
    this.modules.push(module);
    return module;
  }

  /** The imported names; those that cannot be had go into `unresolved`. */
  #imports(file: ast.File, path: string, unresolved: Set<string>): Map<string, Declared> {
    const names = new Map<string, Declared>();
    const places = new Map<string, Span>();
    for (const statement of file.imports) {
      const target = this.#host.resolve(path, statement.from.value);
      for (const name of statement.names) unresolved.add(name.text);
      if (this.#open.includes(target)) {
        this.#bag.report('importCycle', {
          at: statement.from.span,
          arguments: { path: target },
          notes: [`${[...this.#open.slice(this.#open.indexOf(target)), target].join(' imports ')}`],
          help: [{ message: 'move what both files need into a third file' }],
        });
        continue;
      }
      const module = this.load(target, statement.from.span);
      if (!module) continue;
      const own = ownDeclarations(module);
      for (const name of statement.names) {
        const declared = own.get(name.text);
        if (declared && names.has(name.text)) this.#duplicate(name, places.get(name.text)!);
        else if (declared) {
          names.set(name.text, declared);
          unresolved.delete(name.text);
        } else if (name.text !== '') {
          this.#bag.report('missingDeclaration', {
            at: name.span,
            arguments: { path: target, name: name.text },
            help: didYouMean(name.span, name.text, [...own.keys()]),
          });
        }
        places.set(name.text, name.span);
      }
    }
    return names;
  }

  #declare(module: Module, names: Map<string, Declared>): void {
    const places = new Map<string, Span>(
      module.file.imports
        .flatMap((statement) => statement.names)
        .filter((name) => !module.unresolved.has(name.text))
        .map((name) => [name.text, name.span]),
    );
    for (const declaration of module.file.declarations) {
      const { name } = declaration;
      if (name.text === '') continue;
      const first = places.get(name.text);
      if (first) this.#duplicate(name, first);
      else names.set(name.text, { declaration, module });
      places.set(name.text, first ?? name.span);
    }
  }

  #duplicate(name: ast.Name, first: Span): void {
    this.#bag.report('duplicateName', {
      at: name.span,
      arguments: { name: name.text },
      secondary: [{ span: first, text: 'first declared here' }],
      help: [{ message: 'give one of them another name' }],
    });
  }
}

/** What other files can import from a module: what it declares, not what it imports. */
function ownDeclarations(module: Module): ReadonlyMap<string, Declared> {
  return new Map([...module.names].filter(([, declared]) => declared.module === module));
}
