import type { Graph } from '../../ir/graph.ts';
import { formatShape } from '../../ir/shape.ts';
import { receptiveFields } from '../reach/field.ts';
import type { AnalysisContext, Finding } from './finding.ts';

/** Masks whose pixels see less than the structure they mark, or could see many times the image (R1). */
export function fieldRule(graph: Graph, { objectSize = 60 }: AnalysisContext): readonly Finding[] {
  const fields = receptiveFields(graph);
  const image = graph.nodes[0]!.shape.slice(0, 2);
  return graph.heads.flatMap((head): readonly Finding[] => {
    if (head.kind !== 'mask') return [];
    const size = fields[head.node]!.size.map(Math.ceil);
    const common = { at: head.span, instance: `\`${graph.nodes[head.node]!.origin.path}\``, weight: 0 };
    const field = size.join('×');
    if (Math.min(...size) < Math.min(objectSize, ...image)) {
      return [
        {
          code: 'smallField',
          arguments: { head: head.name, field, object: objectSize },
          help: () => ['use more layers, larger rates, or downsample once more'],
          ...common,
        },
      ];
    }
    const many = size.every((extent, axis) => extent > largeFactor * image[axis]!);
    if (!many) return [];
    return [
      { code: 'largeField', arguments: { head: head.name, field, size: formatShape(image) }, ...common },
    ];
  });
}

/** A field this many times as large as the image spends most of its taps on padding. */
const largeFactor = 8;
