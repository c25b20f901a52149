// biome-ignore-all lint/correctness/noComponentHookFactories: ALT is chevrotain's word for an alternative, no component

import type { CstNode, IRecognitionException } from 'chevrotain';
import { ExpressionParser, type ParserOptions } from './expressions.ts';
import * as token from './tokens.ts';

/** The rules that a text can be parsed by: a whole file, or one override from the command line. */
export type Entry = 'file' | 'setting';

/** What the parser makes of tokens. `failures` hold the problems as grammar/messages.ts wrote them. */
export interface Parsed {
  readonly tree: CstNode | undefined;
  readonly failures: readonly { readonly message: string; readonly token: token.Token }[];
}

/**
 * Parses tokens by a rule, going on after errors. Never fails.
 * @param enough ends the parse, without a tree, at a failure after which no more need be known
 */
export function parseTokens(
  entry: Entry,
  tokens: readonly token.Token[],
  enough?: (failing: token.Token) => boolean,
): Parsed {
  shared ??= new CmrnetParser({ skipValidations: true });
  shared.input = [...tokens];
  shared.enough = enough;
  try {
    const tree: CstNode | undefined = shared[entry]();
    return { tree, failures: shared.errors };
  } catch (reason) {
    if (!(reason instanceof Enough)) throw reason;
    return { tree: undefined, failures: shared.errors };
  }
}

/** Leaves the parser early. */
class Enough {}

const saveError = (
  ExpressionParser.prototype as unknown as { SAVE_ERROR: (error: IRecognitionException) => Error }
).SAVE_ERROR;

// One parser for the process: its self-analysis takes far longer than parsing a file.
let shared: CmrnetParser | undefined;

/** The whole grammar: files, declarations, statements and settings, above {@link ExpressionParser}. */
export class CmrnetParser extends ExpressionParser {
  constructor(options: ParserOptions) {
    super(options);
    this.performSelfAnalysis();
  }

  /** See {@link parseTokens}. */
  enough: ((failing: token.Token) => boolean) | undefined;

  /** Chevrotain hands every failure to this method of its own, the one place to stop at. */
  protected SAVE_ERROR(error: IRecognitionException): Error {
    const saved = saveError.call(this, error);
    if (this.enough?.(error.token)) throw new Enough();
    return saved;
  }

  readonly file = this.RULE('file', () => {
    this.SUBRULE(this.edition);
    this.MANY(() => {
      this.oneRule([this.importation, this.declaration]);
    });
  });

  readonly edition = this.RULE('edition', () => {
    this.CONSUME(token.Cmrnet);
    this.CONSUME(token.NumberLiteral);
  });

  readonly importation = this.RULE('importation', () => {
    this.CONSUME(token.Import);
    this.CONSUME(token.OpenBrace);
    this.commaSeparated((index) => this.consume(index, token.Identifier));
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
    this.oneRule([
      this.graphDeclaration,
      this.settingsDeclaration,
      this.lossDeclaration,
      this.derivation,
      this.comparison,
    ]);
  });

  readonly graphDeclaration = this.RULE('graphDeclaration', () => {
    this.oneToken([token.Block, token.Network]);
    this.CONSUME(token.Identifier);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.SUBRULE(this.graph);
  });

  readonly settingsDeclaration = this.RULE('settingsDeclaration', () => {
    this.oneToken([token.Dataset, token.Experiment]);
    this.CONSUME(token.Identifier);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.SUBRULE(this.settings);
  });

  readonly lossDeclaration = this.RULE('lossDeclaration', () => {
    this.CONSUME(token.Loss);
    this.CONSUME(token.Identifier);
    this.OPTION(() => this.SUBRULE(this.parameters));
    this.CONSUME(token.Of);
    this.CONSUME2(token.Identifier, { LABEL: 'headKind' });
    this.isLoss = true;
    try {
      this.SUBRULE(this.graph);
    } finally {
      this.isLoss = false;
    }
  });

  readonly derivation = this.RULE('derivation', () => {
    this.oneToken([token.Variant, token.Sweep]);
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
    this.commaSeparated((index) => this.subrule(index, this.parameter));
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
    this.oneRule([
      this.inputStatement,
      this.letStatement,
      this.layerStatement,
      this.stageStatement,
      this.headStatement,
      this.outputStatement,
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
    this.OPTION2(() => {
      this.CONSUME(token.Identifier);
      this.CONSUME(token.Equals);
    });
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(token.Colon);
      this.SUBRULE(this.shape);
    });
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
    this.oneRule([this.axis, this.report, this.assignment]);
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
    this.oneToken([token.Report, token.Plot]);
    this.SUBRULE(this.path);
    this.MANY(() => {
      this.CONSUME(token.Comma);
      this.SUBRULE2(this.path);
    });
    this.OPTION({
      GATE: () => !this.settingFollows(),
      DEF: () => {
        this.CONSUME(token.By);
        this.SUBRULE3(this.path, { LABEL: 'by' });
      },
    });
  });
}
