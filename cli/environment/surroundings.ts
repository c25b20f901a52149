/** Variables of the environment that people set; the manual page lists them, and a test looks for others in the sources. */
export const environmentVariables: Readonly<Record<string, string>> = {
  CMRNET_CACHE: 'the folder for what can be made anew: built engines, calibrations, reports of crashes',
  CMRNET_ONNX_PROVIDER:
    'what ONNX Runtime computes on: `cuda`, `webgpu`, `dml` or `coreml`; `cmrc backend list` says which start',
  CMRNET_ONNX_BLOCKS: '`off` lets ONNX Runtime compute with standard operators, to compare',
  CMRC_TUI:
    'overrides what the interface found out about the terminal: a list of `light`, `dark`, `safe`, `ascii`, `unicode`, `kitty`, `iterm`, `sixel`, `blocks` and `nomouse`',
  NO_COLOR: 'no colours, whatever it holds',
  FORCE_COLOR: 'colours in files and pipes too; `0` for none',
  CUDA_VISIBLE_DEVICES: 'the NVIDIA GPUs that may be used',
};

/** Files that people meet. */
export const userFiles: Readonly<Record<string, string>> = {
  '~/.cache/cmrnet':
    'the cache, where neither `CMRNET_CACHE` nor `XDG_CACHE_HOME` names another (macOS: ~/Library/Caches/cmrnet, Windows: %LOCALAPPDATA%\\cmrnet\\cache)',
  runs: 'run directories, below the folder in which training was started',
  'runs/.cache': 'fitted images, digests and the catalogue of runs; whatever is deleted there is made anew',
  'runs/.deleted': 'runs that `cmrc delete` took away and `cmrc restore` brings back',
  '.cmrnet-key': 'beside a manifest: the secret key of its pseudonyms, never to be handed on with the data',
};
