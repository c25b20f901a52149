import { useInput } from 'ink';
import { keyName } from './keymap.ts';
import { mouseOf } from './mouse.ts';
import type { Program } from './program.ts';

/**
 * Keyboard and mouse by Ink, which knows what terminals send. It draws nothing: frames are lines already, and laying out
 * thousands of coloured cells anew for each of them would take Ink many times as long as making them.
 */
export function Keyboard({ program }: { readonly program: Program }): null {
  useInput((input, key) => {
    const mouse = mouseOf(input);
    if (mouse === 'ignored') return;
    if (mouse !== null) program.send({ kind: 'mouse', mouse });
    else program.send({ kind: 'key', key: keyName(input, key) });
  });
  return null;
}
