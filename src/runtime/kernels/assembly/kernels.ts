/** The kernels: every export runs one item of a job, `(arguments, item, scratch)`. */
export { convolve, packKernel } from './convolution';
export { gatherFilter, gradeFilter } from './filter-gradient';
export { clear } from './memory';
