import { useInput } from 'ink';
import { keyName, keysIn } from '../keys/key-names.ts';
import type { Program } from '../update/program.ts';
import { mouseOf } from './mouse.ts';

/**
 * Keyboard and mouse by Ink, which knows what terminals send. It draws nothing: frames are lines already, and laying out
 * thousands of coloured cells anew for each of them would take Ink many times as long as making them.
 */
export function Keyboard({ program }: { readonly program: Program }): null {
  useInput((input, key) => {
    const mouse = mouseOf(input);
    if (mouse === 'ignored') return;
    if (mouse !== null) program.send({ kind: 'mouse', mouse });
    else if (input.length < 2) program.send({ kind: 'key', key: keyName(input, key) });
    else {
      // What was pressed fast, or came over a slow line, comes in one piece.
      for (let rest = input; rest !== ''; ) {
        const { prompt, palette } = program.current();
        const [name, length] = keysIn(rest, prompt !== null || palette !== null);
        program.send({ kind: 'key', key: name });
        rest = rest.slice(length);
      }
    }
  });
  return null;
}
