/** The kernels: every export runs one item of a job, `(arguments, item, scratch)`. */
export { convolve, packKernel } from './convolution';
export { addAll, descend, gradeRelu } from './elements';
export { gatherFilter, gradeFilter } from './filter-gradient';
export { clear, copy } from './memory';
export {
  combineGradients,
  combineMoments,
  measure,
  normalise,
  spreadGradients,
  sumGradients,
} from './normalisation';
export { gradePool, poolLargest } from './pooling';
export { gatherTiles, gradeTiles } from './tile-gradient';
export { convolveTiles, packTiles } from './tiles';
