import type { Attributes, HeadKind, OperationName, Weight } from '../../ir/graph.ts';
import type { Shape } from '../../ir/shape.ts';

/**
 * A network as plain data that the runtime lowers to `tf.layers`: layers own weights, nodes apply layers.
 * A layer that several nodes name is shared. Valid against `layersPlanSchema`.
 */
export interface LayersPlan {
  readonly version: 1;
  readonly network: string;
  /** Structural identity of the graph: equal for networks that differ only in names, comments or formatting. */
  readonly hash: string;
  /** `[height, width, channels]` of the image. */
  readonly input: { readonly name: string; readonly node: number; readonly shape: Shape };
  readonly layers: readonly LayerPlan[];
  /** In topological order; the index is the id. Node `input.node` has the layer `null`. */
  readonly nodes: readonly NodePlan[];
  readonly heads: readonly { readonly name: string; readonly kind: HeadKind; readonly node: number }[];
}

/** One `tf.layers` layer. */
export type LayerPlan = {
  readonly [O in Exclude<OperationName, 'input'>]: LayerPlanOf<O>;
}[Exclude<OperationName, 'input'>];

export interface LayerPlanOf<O extends OperationName> {
  /** The path that names it in checkpoints, summaries and the interface. */
  readonly name: string;
  readonly op: O;
  readonly attributes: Attributes[O];
  /** In the order of the operation's table entry. */
  readonly weights: readonly Weight[];
}

export interface NodePlan {
  /** The name of the layer applied, null for the input. */
  readonly layer: string | null;
  readonly inputs: readonly number[];
  readonly shape: Shape;
}
