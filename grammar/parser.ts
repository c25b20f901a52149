// biome-ignore-all lint/correctness/noComponentHookFactories: ALT is chevrotain's word for an alternative, no component

import { type CstNode, CstParser } from 'chevrotain';
import { messages } from './messages.ts';
import * as token from './tokens.ts';

/** The rules that a text can be parsed by: a whole file, or one override from the command line. */
export type Entry = 'file' | 'setting';

/** What the parser makes of tokens. `failures` hold the problems as {@link messages} wrote them. */
export interface Parsed {
  readonly tree: CstNode | undefined;
  readonly failures: readonly { readonly message: string; readonly token: token.Token }[];
}

/** Parses tokens by a rule, going on after errors. Never fails. */
export function parseTokens(entry: Entry, tokens: readonly token.Token[]): Parsed {
  shared ??= new CmrnetParser({ skipValidations: true });
  shared.input = [...tokens];
  const tree: CstNode | undefined = shared[entry]();
  return { tree, failures: shared.errors };
}

// One parser for the process: its self-analysis takes far longer than parsing a file.
let shared: CmrnetParser | undefined;

/** The grammar. It only recognises: no actions, no values, no errors of its own. */
export class CmrnetParser extends CstParser {
  /** @param options.skipValidations leaves out chevrotain's check of the grammar itself, which only tests need */
  constructor(options: { readonly skipValidations: boolean }) {
    super([...token.vocabulary], {
      maxLookahead: 2,
      recoveryEnabled: true,
      nodeLocationTracking: 'onlyOffset',
      errorMessageProvider: messages,
      ...options,
    });
    this.performSelfAnalysis();
  }

  readonly file = this.RULE('file', () => {
    this.SUBRULE(this.edition);
    this.MANY(() => {
      this.OR([{ ALT: () => this.SUBRULE(this.importation) }, { ALT: () => this.SUBRULE(this.declaration) }]);
    });
  });

  readonly edition = this.RULE('edition', () => {
    this.CONSUME(token.Cmrnet);
    this.CONSUME(token.NumberLiteral);
  });

  readonly importation = this.RULE('importation', () => {
    this.CONSUME(token.Import);
    this.CONSUME(token.OpenBrace);
    this.#commaSeparated((index) => this.consume(index, token.Identifier));
    this.CONSUME(token.CloseBrace);
    this.CONSUME(token.From);
    this.CONSUME(token.StringLiteral);
  });

  readonly annotation = this.RULE('annotation', () => {
    this.CONSUME(token.At);
    this.CONSUME(token.Identifier);
    this.SUBRULE(this.arguments);
  });

  readonly declaration = this.RULE('declaration', () => {
    this.MANY(() => this.SUBRULE(this.annotation));
    this.OR([
      { ALT: () => this.SUBRULE(this.graphDeclaration) },
      { ALT: () => this.SUBRULE(this.settingsDeclaration) },
      { ALT: () => this.SUBRULE(this.derivation) },
      { ALT: () => this.SUBRULE(this.comparison) },
    ]);
  });

  readonly graphDeclaration = this.RULE('graphDeclaration', () => {
    this.OR([{ ALT: () => this.CONSUME(token.Block) }, { ALT: () => this.CONSUME(token.Network) }]);
    this.CONSUME(token.Identifier);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.SUBRULE(this.graph);
  });

  readonly settingsDeclaration = this.RULE('settingsDeclaration', () => {
    this.OR([{ ALT: () => this.CONSUME(token.Dataset) }, { ALT: () => this.CONSUME(token.Experiment) }]);
    this.CONSUME(token.Identifier);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.SUBRULE(this.settings);
  });

  readonly derivation = this.RULE('derivation', () => {
    this.OR([{ ALT: () => this.CONSUME(token.Variant) }, { ALT: () => this.CONSUME(token.Sweep) }]);
    this.CONSUME(token.Identifier);
    this.CONSUME(token.Of);
    this.CONSUME2(token.Identifier, { LABEL: 'base' });
    this.SUBRULE(this.derived);
  });

  readonly comparison = this.RULE('comparison', () => {
    this.CONSUME(token.Compare);
    this.CONSUME(token.Identifier);
    this.CONSUME(token.Of);
    this.SUBRULE(this.list);
    this.SUBRULE(this.derived);
  });

  readonly parameters = this.RULE('parameters', () => {
    this.CONSUME(token.OpenParenthesis);
    this.#commaSeparated((index) => this.subrule(index, this.parameter));
    this.CONSUME(token.CloseParenthesis);
  });

  readonly parameter = this.RULE('parameter', () => {
    this.MANY(() => this.SUBRULE(this.annotation));
    this.CONSUME(token.Identifier);
    this.CONSUME(token.Colon);
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(token.In);
      this.SUBRULE(this.expression, { LABEL: 'bounds' });
    });
    this.OPTION2(() => {
      this.CONSUME(token.Equals);
      this.SUBRULE2(this.expression, { LABEL: 'initial' });
    });
  });

  readonly type = this.RULE('type', () => {
    this.OR([
      { ALT: () => this.CONSUME(token.Identifier) },
      { ALT: () => this.CONSUME(token.Block) },
      {
        ALT: () => {
          this.CONSUME(token.StringLiteral);
          this.MANY(() => {
            this.CONSUME(token.Or);
            this.CONSUME2(token.StringLiteral);
          });
        },
      },
    ]);
    this.OPTION(() => {
      this.CONSUME(token.OpenBracket);
      this.OPTION2(() => this.CONSUME(token.NumberLiteral));
      this.CONSUME(token.CloseBracket);
    });
  });

  readonly graph = this.RULE('graph', () => {
    this.CONSUME(token.OpenBrace);
    this.MANY(() => this.SUBRULE(this.statement));
    this.CONSUME(token.CloseBrace);
  });

  readonly statement = this.RULE('statement', () => {
    this.MANY(() => this.SUBRULE(this.annotation));
    this.OR([
      { ALT: () => this.SUBRULE(this.inputStatement) },
      { ALT: () => this.SUBRULE(this.letStatement) },
      { ALT: () => this.SUBRULE(this.layerStatement) },
      { ALT: () => this.SUBRULE(this.stageStatement) },
      { ALT: () => this.SUBRULE(this.headStatement) },
      { ALT: () => this.SUBRULE(this.outputStatement) },
    ]);
  });

  readonly inputStatement = this.RULE('inputStatement', () => {
    this.CONSUME(token.Input);
    this.CONSUME(token.Identifier);
    this.CONSUME(token.Colon);
    this.SUBRULE(this.shape);
  });

  readonly letStatement = this.RULE('letStatement', () => {
    this.CONSUME(token.Let);
    this.CONSUME(token.Identifier);
    this.OPTION(() => {
      this.CONSUME(token.Colon);
      this.SUBRULE(this.shape);
    });
    this.CONSUME(token.Equals);
    this.SUBRULE(this.expression);
  });

  readonly layerStatement = this.RULE('layerStatement', () => {
    this.CONSUME(token.Layer);
    this.CONSUME(token.Identifier);
    this.CONSUME(token.Equals);
    this.SUBRULE(this.expression);
  });

  readonly stageStatement = this.RULE('stageStatement', () => {
    this.CONSUME(token.Stage);
    this.CONSUME(token.Identifier);
    this.SUBRULE(this.graph);
  });

  readonly headStatement = this.RULE('headStatement', () => {
    this.CONSUME(token.Head);
    this.CONSUME(token.Identifier);
    this.CONSUME(token.Colon);
    this.CONSUME2(token.Identifier, { LABEL: 'headKind' });
    this.CONSUME(token.Equals);
    this.SUBRULE(this.expression);
  });

  readonly outputStatement = this.RULE('outputStatement', () => {
    this.CONSUME(token.Output);
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(token.Colon);
      this.SUBRULE(this.shape);
    });
  });

  readonly shape = this.RULE('shape', () => {
    this.CONSUME(token.OpenBracket);
    this.SUBRULE(this.expression);
    this.MANY(() => {
      this.CONSUME(token.Comma);
      this.SUBRULE2(this.expression);
    });
    this.CONSUME(token.CloseBracket);
  });

  readonly settings = this.RULE('settings', () => {
    this.CONSUME(token.OpenBrace);
    this.MANY(() => this.SUBRULE(this.setting));
    this.CONSUME(token.CloseBrace);
  });

  readonly setting = this.RULE('setting', () => {
    this.MANY(() => this.SUBRULE(this.annotation));
    this.SUBRULE(this.assignment);
  });

  readonly assignment = this.RULE('assignment', () => {
    this.SUBRULE(this.path);
    this.OR([
      {
        ALT: () => {
          this.CONSUME(token.Equals);
          this.SUBRULE(this.expression);
        },
      },
      { ALT: () => this.SUBRULE(this.settings) },
    ]);
  });

  readonly derived = this.RULE('derived', () => {
    this.CONSUME(token.OpenBrace);
    this.MANY(() => this.SUBRULE(this.derivedItem));
    this.CONSUME(token.CloseBrace);
  });

  readonly derivedItem = this.RULE('derivedItem', () => {
    this.MANY(() => this.SUBRULE(this.annotation));
    this.OR([
      { ALT: () => this.SUBRULE(this.axis) },
      { ALT: () => this.SUBRULE(this.report) },
      { ALT: () => this.SUBRULE(this.assignment) },
    ]);
  });

  readonly axis = this.RULE('axis', () => {
    this.CONSUME(token.Vary);
    this.OR([
      { ALT: () => this.SUBRULE(this.path) },
      {
        ALT: () => {
          this.CONSUME(token.OpenParenthesis);
          this.SUBRULE2(this.path);
          this.MANY(() => {
            this.CONSUME(token.Comma);
            this.SUBRULE3(this.path);
          });
          this.CONSUME(token.CloseParenthesis);
        },
      },
    ]);
    this.CONSUME(token.In);
    this.SUBRULE(this.expression);
  });

  readonly report = this.RULE('report', () => {
    this.OR([{ ALT: () => this.CONSUME(token.Report) }, { ALT: () => this.CONSUME(token.Plot) }]);
    this.SUBRULE(this.path);
    this.MANY(() => {
      this.CONSUME(token.Comma);
      this.SUBRULE2(this.path);
    });
    this.OPTION({
      GATE: () => !this.#settingFollows(),
      DEF: () => {
        this.CONSUME(token.By);
        this.SUBRULE3(this.path, { LABEL: 'by' });
      },
    });
  });

  readonly path = this.RULE('path', () => {
    this.CONSUME(token.Identifier);
    this.MANY(() => {
      this.CONSUME(token.Dot);
      this.CONSUME2(token.Identifier);
    });
  });

  readonly expression = this.RULE('expression', () => {
    this.SUBRULE(this.pipe);
    this.OPTION(() => {
      this.CONSUME(token.To);
      this.SUBRULE2(this.pipe, { LABEL: 'high' });
      this.OPTION2({
        GATE: () => !this.#settingFollows(),
        DEF: () => {
          this.CONSUME(token.Step);
          this.SUBRULE3(this.pipe, { LABEL: 'step' });
        },
      });
    });
  });

  readonly pipe = this.RULE('pipe', () => {
    this.SUBRULE(this.sum);
    this.MANY(() => {
      this.CONSUME(token.Apply);
      this.SUBRULE(this.applied);
    });
  });

  readonly applied = this.RULE('applied', () => {
    this.OR([{ ALT: () => this.SUBRULE(this.repeat) }, { ALT: () => this.SUBRULE(this.postfix) }]);
  });

  readonly repeat = this.RULE('repeat', () => {
    this.OR([{ ALT: () => this.CONSUME(token.Serial) }, { ALT: () => this.CONSUME(token.Parallel) }]);
    this.CONSUME(token.Identifier);
    this.CONSUME(token.In);
    this.SUBRULE(this.expression);
    this.CONSUME(token.OpenBrace);
    this.SUBRULE(this.postfix);
    this.MANY(() => {
      this.CONSUME(token.Apply);
      this.SUBRULE2(this.postfix);
    });
    this.CONSUME(token.CloseBrace);
  });

  readonly sum = this.RULE('sum', () => {
    this.SUBRULE(this.product);
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(token.Plus, { LABEL: 'operator' }) },
        { ALT: () => this.CONSUME(token.Minus, { LABEL: 'operator' }) },
      ]);
      this.SUBRULE2(this.product);
    });
  });

  readonly product = this.RULE('product', () => {
    this.SUBRULE(this.unary);
    this.MANY(() => {
      this.OR([
        { ALT: () => this.CONSUME(token.Star, { LABEL: 'operator' }) },
        { ALT: () => this.CONSUME(token.Slash, { LABEL: 'operator' }) },
      ]);
      this.SUBRULE2(this.unary);
    });
  });

  readonly unary = this.RULE('unary', () => {
    this.OPTION(() => this.CONSUME(token.Minus));
    this.SUBRULE(this.postfix);
  });

  readonly postfix = this.RULE('postfix', () => {
    this.SUBRULE(this.primary);
    this.MANY(() => this.SUBRULE(this.suffix));
  });

  readonly suffix = this.RULE('suffix', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(token.Dot);
          this.CONSUME(token.Identifier);
        },
      },
      {
        ALT: () => {
          this.CONSUME(token.OpenBracket);
          this.SUBRULE(this.expression);
          this.CONSUME(token.CloseBracket);
        },
      },
      { ALT: () => this.SUBRULE(this.arguments) },
    ]);
  });

  readonly primary = this.RULE('primary', () => {
    this.OR([
      { ALT: () => this.CONSUME(token.NumberLiteral) },
      { ALT: () => this.CONSUME(token.StringLiteral) },
      { ALT: () => this.CONSUME(token.True) },
      { ALT: () => this.CONSUME(token.False) },
      { ALT: () => this.CONSUME(token.Identifier) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.tuple) },
    ]);
  });

  readonly list = this.RULE('list', () => {
    this.CONSUME(token.OpenBracket);
    this.#commaSeparated((index) => this.subrule(index, this.expression));
    this.CONSUME(token.CloseBracket);
  });

  readonly tuple = this.RULE('tuple', () => {
    this.CONSUME(token.OpenParenthesis);
    this.SUBRULE(this.expression);
    this.MANY(() => {
      this.CONSUME(token.Comma);
      this.SUBRULE2(this.expression);
    });
    this.OPTION(() => this.CONSUME2(token.Comma));
    this.CONSUME(token.CloseParenthesis);
  });

  readonly arguments = this.RULE('arguments', () => {
    this.CONSUME(token.OpenParenthesis);
    this.#commaSeparated((index) => this.subrule(index, this.argument));
    this.CONSUME(token.CloseParenthesis);
  });

  readonly argument = this.RULE('argument', () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(token.Ellipsis);
          this.SUBRULE(this.expression);
        },
      },
      {
        ALT: () => {
          this.CONSUME(token.Identifier);
          this.CONSUME(token.Equals);
          this.SUBRULE2(this.expression);
        },
      },
      { ALT: () => this.SUBRULE3(this.expression) },
    ]);
  });

  /** Nothing, or items with commas between them and perhaps one after them. */
  #commaSeparated(item: (index: number) => unknown): void {
    this.OPTION(() => {
      item(1);
      this.MANY(() => {
        this.CONSUME(token.Comma);
        item(2);
      });
      this.OPTION2(() => this.CONSUME2(token.Comma));
    });
  }

  /** Whether the next word begins a setting: `step` and `by` may also be the names of settings. */
  #settingFollows(): boolean {
    const next = this.LA(2).tokenType;
    return next === token.Equals || next === token.Dot || next === token.OpenBrace;
  }

  // An invented name or value would be reported a second time by every later phase.
  protected override canTokenTypeBeInsertedInRecovery(type: token.Terminal): boolean {
    return type !== token.Identifier && type !== token.NumberLiteral && type !== token.StringLiteral;
  }

  // A reserved word opens something: skipping it would tear what follows apart. (The parameter is what was expected.)
  protected override canTokenTypeBeDeletedInRecovery(): boolean {
    const found = this.LA(1).tokenType;
    return !token.words.includes(found) || token.isSoft(found);
  }
}
