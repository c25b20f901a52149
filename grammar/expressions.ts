// biome-ignore-all lint/correctness/noComponentHookFactories: ALT is chevrotain's word for an alternative, no component
import { type CstNode, CstParser, type ParserMethod } from 'chevrotain';
import { messages } from './messages.ts';
import * as token from './tokens.ts';

export interface ParserOptions {
  /** Leaves out chevrotain's check of the grammar itself, which only tests need. */
  readonly skipValidations: boolean;
}

/** The lower half of the grammar: paths, shapes and expressions. It only recognises: no actions, no values. */
export class ExpressionParser extends CstParser {
  constructor(options: ParserOptions) {
    super([...token.vocabulary], {
      maxLookahead: 2,
      recoveryEnabled: true,
      nodeLocationTracking: 'onlyOffset',
      errorMessageProvider: messages,
      ...options,
    });
  }

  /** Whether the body of a loss is being read, where `head` is a value. */
  protected isLoss = false;

  readonly path = this.RULE('path', () => {
    this.CONSUME(token.Identifier);
    this.MANY(() => {
      this.CONSUME(token.Dot);
      this.CONSUME2(token.Identifier);
    });
  });

  readonly shape = this.RULE('shape', () => {
    this.CONSUME(token.OpenBracket);
    this.SUBRULE(this.expression);
    this.MANY(() => {
      this.CONSUME(token.Comma);
      this.SUBRULE2(this.expression);
    });
    this.OPTION(() => this.CONSUME2(token.Comma));
    this.CONSUME(token.CloseBracket);
  });

  readonly expression = this.RULE('expression', () => {
    this.SUBRULE(this.pipe);
    this.OPTION(() => {
      this.CONSUME(token.To);
      this.SUBRULE2(this.pipe, { LABEL: 'high' });
      this.OPTION2({
        GATE: () => !this.settingFollows(),
        DEF: () => {
          this.CONSUME(token.Step);
          this.SUBRULE3(this.pipe, { LABEL: 'step' });
        },
      });
    });
  });

  readonly pipe = this.RULE('pipe', () => {
    this.SUBRULE(this.relation);
    this.MANY(() => {
      this.CONSUME(token.Apply);
      this.SUBRULE(this.applied);
    });
  });

  readonly applied = this.RULE('applied', () => {
    this.oneRule([this.repeat, this.postfix]);
  });

  readonly repeat = this.RULE('repeat', () => {
    this.oneToken([token.Serial, token.Parallel]);
    this.SUBRULE(this.variables);
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

  readonly variables = this.RULE('variables', () => {
    this.OR([
      { ALT: () => this.CONSUME(token.Identifier) },
      {
        ALT: () => {
          this.CONSUME(token.OpenParenthesis);
          this.CONSUME2(token.Identifier);
          this.MANY(() => {
            this.CONSUME(token.Comma);
            this.CONSUME3(token.Identifier);
          });
          this.CONSUME(token.CloseParenthesis);
        },
      },
    ]);
  });

  readonly relation = this.RULE('relation', () => {
    this.SUBRULE(this.sum);
    this.OPTION(() => {
      this.oneToken(
        [token.Same, token.Different, token.AtMost, token.AtLeast, token.Below, token.Above],
        'operator',
      );
      this.SUBRULE2(this.sum);
    });
  });

  readonly sum = this.RULE('sum', () => {
    this.SUBRULE(this.product);
    this.MANY(() => {
      this.oneToken([token.Plus, token.Minus], 'operator');
      this.SUBRULE2(this.product);
    });
  });

  readonly product = this.RULE('product', () => {
    this.SUBRULE(this.unary);
    this.MANY(() => {
      this.oneToken([token.Star, token.Slash], 'operator');
      this.SUBRULE2(this.unary);
    });
  });

  readonly unary = this.RULE('unary', () => {
    this.OPTION(() => this.CONSUME(token.Minus));
    this.SUBRULE(this.power);
  });

  readonly power = this.RULE('power', () => {
    this.SUBRULE(this.postfix);
    this.OPTION(() => {
      this.CONSUME(token.Power);
      this.SUBRULE(this.unary);
    });
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
      { GATE: () => this.isLoss, ALT: () => this.CONSUME(token.Head) },
      { ALT: () => this.SUBRULE(this.list) },
      { ALT: () => this.SUBRULE(this.tuple) },
    ]);
  });

  readonly list = this.RULE('list', () => {
    this.CONSUME(token.OpenBracket);
    this.commaSeparated((index) => this.subrule(index, this.item));
    this.CONSUME(token.CloseBracket);
  });

  readonly item = this.RULE('item', () => {
    this.OPTION(() => this.CONSUME(token.Ellipsis));
    this.SUBRULE(this.expression);
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
    this.commaSeparated((index) => this.subrule(index, this.argument));
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

  /** One of several tokens. */
  protected oneToken(types: readonly token.Terminal[], label?: string): void {
    this.OR(
      types.map((type) => ({ ALT: () => this.CONSUME(type, label === undefined ? {} : { LABEL: label }) })),
    );
  }

  /** What one of several rules takes. */
  protected oneRule(rules: readonly ParserMethod<[], CstNode>[]): void {
    this.OR(rules.map((rule) => ({ ALT: () => this.SUBRULE(rule) })));
  }

  /** Nothing, or items with commas between them and perhaps one after them. */
  protected commaSeparated(item: (index: number) => unknown): void {
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
  protected settingFollows(): boolean {
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
