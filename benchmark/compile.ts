// Times a warm compile of the paper's spec, as an editor asks for it at every keystroke: `npm run bench:compile`.
import { compile } from '../src/compiler/index.ts';
import { specHost } from '../test/support/spec-host.ts';

const runs = 40;
const host = specHost();
const times = Array.from({ length: runs }, () => {
  const start = performance.now();
  compile('specs/paper.cmrnet', host);
  return performance.now() - start;
}).sort((a, b) => a - b);
const at = (share: number) => times[Math.floor(share * (runs - 1))]!.toFixed(1);
console.log(
  `specs/paper.cmrnet, ${runs} compiles: median ${at(0.5)} ms, shortest ${at(0)} ms, longest ${at(1)} ms`,
);
