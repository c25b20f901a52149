// What a shell asks at every key: `cmrc __complete SHELL -- WORDS...` prints what may stand in the place of the last word, a
// line for each. `cmrc.js` leads here, past everything that takes time to load.
import { commandLine } from './command-line/arguments.ts';
import { candidatesFor } from './completion/candidates.ts';
import { answerLine } from './completion/scripts.ts';
import { wordsOf } from './completion/typed-words.ts';

const [, shell = '', , ...words] = process.argv.slice(2);
const program = commandLine('', () => undefined);
const candidates = await candidatesFor(program, wordsOf(shell, words));
process.stdout.write(candidates.map((candidate) => `${answerLine(shell, candidate)}\n`).join(''));
