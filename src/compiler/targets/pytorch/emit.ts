import { initialWeights } from '../../interpret/initial-weights.ts';
import type { Graph } from '../../ir/graph.ts';
import type { GivenWeights } from '../onnx/files.ts';
import { classesOf } from './classes.ts';
import { formOf } from './forms.ts';
import { layersModule } from './layers-module.ts';
import { partsOf } from './parts.ts';
import { placedModules, type StoredTensor, sharedModules, stateDict } from './state.ts';
import { writeClass } from './write.ts';

/** A package of Python with the weights of its network. */
export interface PytorchPackage {
  /** `network.py`, `layers.py` and what Python wants beside them, by name. */
  readonly files: Readonly<Record<string, string>>;
  /** By the names of the network's state dict. */
  readonly state: ReadonlyMap<string, StoredTensor>;
}

/**
 * A network as a person would write it in PyTorch: blocks, stages and bindings of the spec are classes under their names, of
 * which those that differ in numbers alone are one, with parameters.
 * @param docs what the spec says of its blocks, by name
 * @param weights those that training starts with when left out
 */
export function emitPytorch(
  graph: Graph,
  docs: ReadonlyMap<string, string> = new Map(),
  weights?: GivenWeights,
): PytorchPackage {
  const classes = classesOf(graph, partsOf(graph));
  const network = classes.at(-1)!;
  const placed = placedModules(network);
  const shared = sharedModules(placed);
  const from = weights?.from ?? 'initial values of seed 0, untrained';
  const text = [
    `"""${graph.name} in PyTorch, written by cmrnet. Maps are [batch, channels, height, width].`,
    '',
    `The weights beside it: ${from}.`,
    '"""',
    '',
    'from pathlib import Path',
    '',
    'import torch',
    'import torch.nn.functional as F',
    'from torch import nn',
    '',
    ...imports(graph),
    '',
    ...classes.flatMap((one) => ['', writeClass(graph, one, docs, one === network ? shared : []), '']),
    '',
    loading(network.name, graph),
  ];
  const values = weights?.values ?? initialWeights(graph.weights.values(), 0);
  return {
    files: {
      '__init__.py': `from .network import ${network.name}, load\n`,
      'layers.py': layersModule,
      'network.py': `${text.join('\n').trimEnd()}\n`,
    },
    state: stateDict(graph, placed, values),
  };
}

function imports(graph: Graph): readonly string[] {
  const names = graph.nodes.flatMap((node) => {
    if (node.op === 'input' || node.op === 'concat') return [];
    const { callable } = formOf(node);
    return callable.includes('.') ? [] : [callable];
  });
  const used = [...new Set(names)].sort();
  return used.length === 0 ? [] : [`from .layers import ${used.join(', ')}`];
}

function loading(name: string, graph: Graph): string {
  const [height, width, channels] = graph.nodes[0]!.shape;
  return `def load(weights=Path(__file__).with_name("weights.safetensors")):
    """The network with its weights, for images [batch, ${channels}, ${height}, ${width}]."""
    from safetensors.torch import load_model

    network = ${name}()
    load_model(network, weights)
    return network.eval()
`;
}
