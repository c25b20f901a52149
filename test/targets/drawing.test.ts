import { readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { fileHost } from '../../cli/environment/host.ts';
import { pdfOf } from '../../cli/output/pdf.ts';
import { compile } from '../../src/compiler/index.ts';
import { blocksOf } from '../../src/compiler/targets/diagram/inside.ts';
import { type Outline, outline } from '../../src/compiler/targets/diagram/outline.ts';
import { emitBlockSvg, emitSvg } from '../../src/compiler/targets/svg/emit.ts';
import { placeBoxes } from '../../src/compiler/targets/svg/place.ts';
import { type Point, routeArrows } from '../../src/compiler/targets/svg/route.ts';
import { sizeOf } from '../../src/compiler/targets/svg/shapes.ts';

/** Fails where boxes overlap, arrows miss their boxes, or an arrow crosses a box that it does not belong to. */
function lawful(parts: Outline, name: string): void {
  const sizes = parts.boxes.map(sizeOf);
  const placement = placeBoxes(
    parts,
    sizes.map(({ height }) => height),
    40,
  );
  const { places, lines } = routeArrows(parts.arrows, placement, sizes, { x: 80, y: 46 });
  const rects = places.map(({ x, y, width, height }) => ({
    left: x - width / 2,
    right: x + width / 2,
    top: y - height / 2,
    bottom: y + height / 2,
  }));
  for (const [index, a] of rects.entries()) {
    for (const [other, b] of rects.slice(0, index).entries()) {
      const apart = a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
      assert.ok(apart, `${name}: box ${index} lies over box ${other}`);
    }
  }
  const onBorder = ({ x, y }: Point, box: number) => {
    const { left, right, top, bottom } = rects[box]!;
    const near = (one: number, two: number) => Math.abs(one - two) < 0.01;
    const beside = (near(x, left) || near(x, right)) && y >= top && y <= bottom;
    return beside || ((near(y, top) || near(y, bottom)) && x >= left && x <= right);
  };
  for (const [index, { from, to }] of parts.arrows.entries()) {
    const line = lines[index]!;
    assert.ok(onBorder(line[0]!, from) && onBorder(line.at(-1)!, to), `${name}: arrow ${index} hangs`);
    for (const [piece, end] of line.slice(1).entries()) {
      const begin = line[piece]!;
      const crossed = rects.findIndex(
        ({ left, right, top, bottom }) =>
          Math.max(begin.x, end.x) > left + 0.1 &&
          Math.min(begin.x, end.x) < right - 0.1 &&
          Math.max(begin.y, end.y) > top + 0.1 &&
          Math.min(begin.y, end.y) < bottom - 0.1,
      );
      assert.is(crossed, -1, `${name}: arrow ${index} runs through box ${crossed}`);
    }
  }
}

const drawing = suite('the drawing of a network');

drawing('of every spec of ours has boxes apart and arrows between them', () => {
  let drawn = 0;
  for (const folder of ['specs', 'specs/baselines']) {
    for (const file of readdirSync(folder).filter((name) => name.endsWith('.cmrnet'))) {
      const { networks } = compile(`${folder}/${file}`, fileHost());
      for (const { name, graph } of networks) {
        for (const detail of ['blocks', 'bindings'] as const)
          lawful(outline(graph, detail), `${file} ${name}`);
        for (const block of blocksOf(graph)) assert.ok(emitBlockSvg(graph, block), `${name} ${block}`);
        drawn++;
      }
    }
  }
  assert.ok(drawn > 8, String(drawn));
});

drawing('of any boxes and arrows keeps the same law', () => {
  const box = fc.record({ level: fc.integer({ min: 0, max: 4 }), head: fc.boolean(), flat: fc.boolean() });
  const links = fc.array(fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), {
    minLength: 20,
    maxLength: 20,
  });
  fc.assert(
    fc.property(fc.array(box, { minLength: 1, maxLength: 20 }), links, (made, chosen) => {
      const boxes = [{ level: 0, head: false, flat: false }, ...made].map(({ level, head, flat }, index) => ({
        kind: index === 0 ? ('image' as const) : head ? ('head' as const) : ('part' as const),
        title: `b${index}`,
        stage: null,
        made: 'conv',
        block: null,
        calls: 0,
        operations: ['conv'],
        rates: [],
        shape: flat ? [8] : [64 >> level, 64 >> level, 8],
      }));
      const arrows = made.flatMap((_, index) =>
        [...new Set(chosen[index]!.map((number) => number % (index + 1)))].map((from) => ({
          from,
          to: index + 1,
          skip: false,
        })),
      );
      lawful({ boxes, arrows, stages: [] }, 'random');
    }),
    { numRuns: 300 },
  );
});

drawing('shows a block of the paper by its branches and rates', () => {
  const { networks } = compile('specs/paper.cmrnet', fileHost());
  const svg = emitBlockSvg(networks[0]!.graph, 'FpmB')!;
  for (const rate of [3, 5, 7, 4, 8, 12]) assert.match(svg, new RegExp(`>rates ${rate}<`));
  assert.is(emitBlockSvg(networks[0]!.graph, 'Missing'), null);
});

drawing('becomes a PDF of one page, the same each time', async () => {
  const { networks } = compile('specs/paper.cmrnet', fileHost());
  const [one, two] = [await pdfOf(emitSvg(networks[0]!.graph)), await pdfOf(emitSvg(networks[0]!.graph))];
  assert.match(Buffer.from(one).toString('latin1'), /^%PDF-1\.\d[\s\S]*\/Count 1[\s\S]*%%EOF\s*$/);
  assert.equal(one, two);
});

drawing.run();
