import { writeFileSync } from 'node:fs';
import { fileHost } from '../../cli/environment/host.ts';
import { compile } from '../../src/compiler/index.ts';
import { emitBlockSvg, emitSvg } from '../../src/compiler/targets/svg/emit.ts';

// Draws figures 1, 2a and 2b of the paper from its spec: `npm run screenshots`.

const { graph } = compile('specs/paper.cmrnet', fileHost()).networks[0]!;
writeFileSync('docs/pictures/network.svg', emitSvg(graph));
for (const block of ['FpmA', 'FpmB'])
  writeFileSync(`docs/pictures/${block}.svg`, emitBlockSvg(graph, block)!);
