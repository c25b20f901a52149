import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ansi } from '../../src/compiler/diagnostics/render.ts';
import { cleanJson, cleanLine, cleanText } from '../../src/compiler/source/clean.ts';

const test = suite('text that leaves cmrnet');

test('sequences are left out, other control characters are shown, line breaks and tabs stay', () => {
  assert.is(cleanText('\u001b]0;title\u0007a\u001b[2Jb\u001b[31mc\u001b[0m'), 'abc');
  assert.is(cleanText('link \u001b]8;;http://x\u001b\\text\u001b]8;;\u001b\\'), 'link text');
  assert.is(cleanText('8-bit \u009b2J and \u009dtitle\u009cx'), '8-bit  and x');
  assert.is(cleanText('over\rwritten \b\u0000'), 'over\ufffdwritten \ufffd\ufffd');
  assert.is(cleanText('turned \u202eround\u2066'), 'turned \ufffdround\ufffd');
  assert.is(cleanText('one\n\ttwo'), 'one\n\ttwo');
  assert.is(cleanLine('one\n\ttwo'), 'one  two');
  assert.is(cleanText('심장 cœur ❤'), '심장 cœur ❤');
});

test('our own colours stay where there are any, and nobody else’s', () => {
  const ours = ansi('error', 'error') + ansi('frame', ' |');
  assert.is(cleanText(ours, { coloured: true }), ours);
  assert.is(cleanText(ours), 'error |');
  assert.is(cleanText('\u001b[8mhidden\u001b[31;5m', { coloured: true }), 'hidden');
});

test('whatever a text is, a terminal has nothing to act on; and JSON keeps its values', () => {
  const nasty = fc.string({ unit: fc.constantFrom(...'\u001b\u009b\u009d\u0007\\[]0;m\r\n\t\u202eab') });
  fc.assert(
    fc.property(nasty, (text) => {
      for (const coloured of [true, false]) {
        // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
        const rest = cleanText(text, { coloured }).replaceAll(/\u001b\[(0|1|34|1;3[1236])m/g, '');
        // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
        assert.not.match(rest, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }
      const json = cleanJson(JSON.stringify({ text }));
      assert.is(JSON.parse(json).text, text);
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      assert.not.match(json, /[\u0000-\u001f\u007f-\u009f\u202a-\u202e]/);
    }),
  );
});

test.run();
