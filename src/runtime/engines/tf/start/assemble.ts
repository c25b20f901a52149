import { fusedFormsOf, type LayerEngine, layerPrimitives, providerOf } from '../../../../compiler/index.ts';
import { composed } from '../composed/composed.ts';
import { type Primitives, registerEngine } from '../primitives.ts';

/**
 * Sets how a backend of TensorFlow.js runs networks: by what the table of capabilities says of an engine.
 *
 * @param own What the engine brings beside TensorFlow.js's own operations.
 * @throws where the table names a primitive that it does not bring
 */
export function openEngine(backendName: string, engine: LayerEngine, own: Partial<Primitives>): void {
  registerEngine(backendName, { primitives: assemble(engine, own), fused: fusedFormsOf(engine) });
}

/** An engine's primitives, each from who the table says. */
export function assemble(engine: LayerEngine, own: Partial<Primitives>): Primitives {
  const chosen = layerPrimitives.map((name: keyof Primitives) => {
    const provider = providerOf(name, engine);
    const source = provider === 'stock' || provider === 'composed' ? composed : own;
    if (source[name] === undefined) throw new Error(`${engine} brings no ${name} of its own`);
    return [name, source[name]];
  });
  return Object.fromEntries(chosen) as Pick<Primitives, (typeof layerPrimitives)[number]>;
}
