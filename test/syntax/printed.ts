import type * as ast from '../../src/compiler/syntax/ast.ts';

/** An expression with every nesting shown by parentheses, to see how it was read. */
export function nesting(node: ast.Expression): string {
  switch (node.kind) {
    case 'number':
      return node.text + (node.unit ?? '');
    case 'string':
      return JSON.stringify(node.value);
    case 'boolean':
      return String(node.value);
    case 'reference':
      return node.name.text;
    case 'list':
      return `[${node.items.map(nesting).join(' ')}]`;
    case 'tuple':
      return `tuple(${node.items.map(nesting).join(' ')})`;
    case 'range':
      return `range(${[node.low, node.high, ...(node.step ? [node.step] : [])].map(nesting).join(' ')})`;
    case 'pipe':
      return `(${nesting(node.value)} |> ${nesting(node.applied)})`;
    case 'repeat':
      return `${node.mode}(${node.variables.map(({ text }) => text).join(',')} ${nesting(node.over)} ${node.body.map(nesting).join(' ')})`;
    case 'binary':
      return `(${nesting(node.left)} ${node.operator} ${nesting(node.right)})`;
    case 'spread':
      return `...${nesting(node.value)}`;
    case 'negation':
      return `(-${nesting(node.value)})`;
    case 'member':
      return `${nesting(node.of)}.${node.name.text}`;
    case 'index':
      return `${nesting(node.of)}[${nesting(node.at)}]`;
    case 'call':
      return `${nesting(node.callee)}(${node.arguments.map(argument).join(' ')})`;
    case 'hole':
      return '…';
  }
}

function argument({ form, name, value }: ast.Argument): string {
  if (form === 'spread') return `...${nesting(value)}`;
  return name === undefined ? nesting(value) : `${name.text}=${nesting(value)}`;
}
