/** The forms in which a trained network leaves for other tools. */
export const modelTargets = ['onnx', 'pytorch'] as const;

export type ModelTarget = (typeof modelTargets)[number];
