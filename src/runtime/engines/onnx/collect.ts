import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Frees memory that nothing refers to any more. V8 lets 64 MB outside of its heap wait for that, and a training that makes
 * no garbage would keep what its start has left for good.
 */
export function collect(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}
