import { listed } from '../../diagnostics/listing.ts';
import { describeType } from './types.ts';
import { formatValue, typeOf, type Value } from './values.ts';

/** A value in words, for messages. */
export function describe(value: Value): string {
  const plain = ['number', 'quantity', 'bool', 'string'].includes(value.kind);
  if (plain) return `\`${formatValue(value)}\``;
  if (value.kind === 'range') return 'a range';
  if (value.kind === 'layer') return 'a layer';
  if (value.kind === 'stage') return 'a stage';
  if (value.kind === 'term') {
    return value.axes.length === 0 ? 'a number' : `a value for each ${listed([...value.axes])}`;
  }
  if (value.kind === 'outputs') {
    return `the outputs ${listed([...value.members.keys()].map((name) => `\`${name}\``))} of \`${value.block}\``;
  }
  if (value.kind === 'function') return `the operation \`${value.name}\``;
  if (value.kind === 'declared') return `the ${value.declared.declaration.kind} \`${formatValue(value)}\``;
  const type = typeOf(value);
  return type ? describeType(type) : value.kind;
}
