import type { LayersPlan } from '../../compiler/index.ts';
import type { Tensors } from '../storage/safetensors.ts';

/** A norm before a ReLU, with how many of its channels hardly ever pass. */
export interface DeadChannels {
  readonly layer: string;
  readonly dead: number;
  readonly all: number;
}

/** How many deviations below 0 a channel's mean lies that counts as dead: about one value in 30,000 passes. */
const deviations = 4;

/**
 * The norm with the largest share of dead channels; null where no norm stands before a ReLU. What a norm gives has the mean
 * beta and the deviation gamma, so its weights tell without an image.
 */
export function deadChannels({ nodes, layers }: LayersPlan, weights: Tensors): DeadChannels | null {
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const opOf = (layer: string | null) => (layer === null ? undefined : byName.get(layer)?.op);
  const found = nodes.flatMap(({ layer }, id): readonly DeadChannels[] => {
    const norm = layer === null ? undefined : byName.get(layer);
    if (norm === undefined || !norm.op.endsWith('_norm')) return [];
    const readers = nodes.filter(({ inputs }) => inputs.includes(id));
    if (readers.length === 0 || readers.some((reader) => opOf(reader.layer) !== 'relu')) return [];
    const named = (role: string) => norm.weights.find(({ name }) => name.endsWith(`/${role}`))?.name;
    const beta = weights.get(named('beta') ?? '')?.values;
    if (beta === undefined) return [];
    const gamma = weights.get(named('gamma') ?? '')?.values;
    const dead = beta.filter(
      (shift, channel) => shift < -deviations * Math.abs(gamma?.[channel] ?? 1),
    ).length;
    return [{ layer: norm.name, dead, all: beta.length }];
  });
  return found.reduce<DeadChannels | null>(
    (worst, one) => (worst === null || one.dead / one.all > worst.dead / worst.all ? one : worst),
    null,
  );
}
