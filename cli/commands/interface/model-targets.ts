/** The forms in which a trained network leaves for other tools. */
export const modelTargets = ['onnx'] as const;

export type ModelTarget = (typeof modelTargets)[number];
