// What the field, and other libraries, call things that have another name here. A word means something only where a name
// that it stands for fits: `dilation` is `rate` among the parameters of a convolution.

/** The names that words stand for; the first that fit a place are meant there. */
const names: Readonly<Record<string, readonly string[]>> = {
  // Parameters of operations.
  dilation: ['rate'],
  dilations: ['rate', 'rates'],
  dilation_rate: ['rate'],
  atrous_rate: ['rate'],
  filters: ['channels'],
  features: ['channels', 'width'],
  out_channels: ['channels'],
  depth_multiplier: ['multiplier'],
  kernel_size: ['kernel'],
  strides: ['stride'],
  pool_size: ['size'],
  use_bias: ['bias'],
  eps: ['epsilon'],
  negative_slope: ['slope'],
  probability: ['rate'],
  // Operations.
  conv2d: ['conv'],
  convolution: ['conv'],
  conv2d_transpose: ['conv_transpose'],
  transposed_conv: ['conv_transpose'],
  deconv: ['conv_transpose'],
  batchnorm: ['batch_norm'],
  batch_normalization: ['batch_norm'],
  bn: ['batch_norm'],
  instancenorm: ['instance_norm'],
  groupnorm: ['group_norm'],
  maxpool: ['max_pool'],
  max_pooling: ['max_pool'],
  avgpool: ['avg_pool'],
  average_pooling: ['avg_pool'],
  pooling: ['max_pool', 'avg_pool'],
  linear: ['dense'],
  fully_connected: ['dense'],
  fc: ['dense'],
  silu: ['swish'],
  layernorm: ['layer_norm'],
  ln: ['layer_norm'],
  self_attention: ['attention'],
  multihead_attention: ['attention'],
  multi_head_attention: ['attention'],
  mha: ['attention'],
  detach: ['stop_gradient'],
  pixel_unshuffle: ['space_to_depth'],
  permute: ['transpose'],
  view: ['reshape'],
  pixel_shuffle: ['depth_to_space'],
  subpixel: ['depth_to_space'],
  upsample: ['resize'],
  upsampling: ['resize'],
  interpolate: ['resize'],
  concatenate: ['concat'],
  cat: ['concat'],
  // Training and evaluation.
  learning_rate: ['lr'],
  batch_size: ['batch'],
  num_epochs: ['epochs'],
  n_epochs: ['epochs'],
  l2: ['weight_decay'],
  random_seed: ['seed'],
  hausdorff: ['hd95'],
  hausdorff_distance: ['hd95'],
  hd: ['hd95'],
  iou: ['jaccard'],
  dice: ['dsc'],
  dice_score: ['dsc'],
  surface_distance: ['assd'],
  recall: ['sensitivity'],
  precision: ['ppv'],
  roc_auc: ['auc'],
  auroc: ['auc'],
  dice_loss: ['dice'],
  jaccard_loss: ['jaccard'],
  iou_loss: ['jaccard'],
  binary_cross_entropy: ['bce'],
  binary_crossentropy: ['bce'],
  categorical_crossentropy: ['cross_entropy'],
  focal_loss: ['focal', 'categorical_focal'],
  tversky_loss: ['tversky'],
  boundary_loss: ['boundary'],
  surface_loss: ['boundary'],
  // Types.
  float: ['real'],
  double: ['real'],
  number: ['real', 'int'],
  integer: ['int'],
  boolean: ['bool'],
  str: ['string'],
  text: ['string'],
  degrees: ['angle'],
};

/** Words for what is said in another way here, not by another name, where a name nearby fits. */
const ways: Readonly<Record<string, { readonly near: readonly string[]; readonly say: string }>> = {
  activation: {
    near: ['kernel', 'units'],
    say: 'an activation is an operation of its own: `x |> conv(8) |> relu()`',
  },
  adamw: { near: ['adam'], say: 'use `adam(…)`, and set `weight_decay` in `train`' },
};

/** What a word stands for among the names that fit a place; undefined when nothing. */
export function meaningOf(
  word: string,
  fitting: readonly string[],
): { readonly names: readonly string[]; readonly say?: string } | undefined {
  const key = word.toLowerCase();
  const way = Object.hasOwn(ways, key) ? ways[key] : undefined;
  if (way?.near.some((name) => fitting.includes(name))) return { names: [], say: way.say };
  const meant = Object.hasOwn(names, key) ? names[key]!.filter((name) => fitting.includes(name)) : [];
  return meant.length === 0 ? undefined : { names: meant };
}
