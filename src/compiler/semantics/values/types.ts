/** The units that make a number a quantity of its own. `%` is not among them: it divides by 100. */
export const quantities = {
  angle: { unit: 'deg', article: 'an angle' },
  length: { unit: 'mm', article: 'a length in mm' },
  pixels: { unit: 'px', article: 'a length in px' },
  time: { unit: 'ms', article: 'a time' },
  bytes: { unit: 'MB', article: 'an amount of memory' },
} as const;

export type Quantity = keyof typeof quantities;

/** The type of a parameter or of an expression. */
export type Type =
  | { readonly kind: 'int' | 'real' | 'bool' | 'string' | 'block' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'quantity'; readonly quantity: Quantity }
  | { readonly kind: 'list'; readonly element: Type; readonly length: number | undefined }
  /** A map or vector that flows through a network; only in the bodies of blocks and networks. */
  | { readonly kind: 'tensor' }
  /** Nothing is known: a mistake was reported, or an empty list has no element. */
  | { readonly kind: 'any' };

/** The names of types that a parameter may have, without choices and lists. */
export const namedTypes: Readonly<Record<string, Type>> = {
  int: { kind: 'int' },
  real: { kind: 'real' },
  bool: { kind: 'bool' },
  string: { kind: 'string' },
  block: { kind: 'block' },
  ...Object.fromEntries(
    (Object.keys(quantities) as Quantity[]).map((quantity) => [quantity, { kind: 'quantity', quantity }]),
  ),
};

/** The type in words, for messages: `an int`, `a list of 3 ints`, `"same" or "valid"`. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case 'int':
      return 'a whole number';
    case 'real':
      return 'a real number';
    case 'bool':
      return '`true` or `false`';
    case 'string':
      return 'a text in quotes';
    case 'block':
      return 'a block';
    case 'choice':
      return type.options.map((option) => `\`"${option}"\``).join(' or ');
    case 'quantity':
      return quantities[type.quantity].article;
    case 'list':
      if (type.length === 1) return `a list of 1 ${describeType(type.element).replace(/^an? /, '')}`;
      return `a list of ${type.length === undefined ? '' : `${type.length} `}${plural(type.element)}`;
    case 'tensor':
      return 'a tensor';
    case 'any':
      return 'anything';
    default:
      return type satisfies never;
  }
}

/** Whether a value of one type can stand where another is wanted, as far as types can tell. */
export function assignable(from: Type, to: Type): boolean {
  if (from.kind === 'any' || to.kind === 'any') return true;
  if (from.kind === 'int' && to.kind === 'real') return true;
  if (from.kind === 'string' && to.kind === 'choice') return true;
  if (from.kind === 'choice' && to.kind === 'string') return true;
  if (from.kind === 'list' && to.kind === 'list') {
    const sameLength = from.length === undefined || to.length === undefined || from.length === to.length;
    return sameLength && assignable(from.element, to.element);
  }
  if (from.kind === 'choice' && to.kind === 'choice') {
    return from.options.every((option) => to.options.includes(option));
  }
  if (from.kind === 'quantity' && to.kind === 'quantity') return from.quantity === to.quantity;
  return from.kind === to.kind;
}

function plural(type: Type): string {
  switch (type.kind) {
    case 'int':
      return 'whole numbers';
    case 'real':
      return 'numbers';
    case 'string':
    case 'choice':
      return 'texts';
    case 'tensor':
      return 'tensors';
    case 'block':
      return 'blocks';
    default:
      return `items, each ${describeType(type)}`;
  }
}

/** The type of what is not known. */
export const anyType = { kind: 'any' } as const satisfies Type;
