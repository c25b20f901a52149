// Changes sound specs at one place each, thousands of times, and makes every fix that is sure: none may crash the compiler, and
// no fix may make a wrong spec mean something else. `npm run fuzz:specs -- --specs 20000 --seed 1 [--first 0]`
import { parseArgs } from 'node:util';
import { mutableSpecs } from '../test/support/mutable-specs.ts';
import { mutateAndFix, type Outcome } from '../test/support/mutated-specs.ts';

const { values } = parseArgs({
  options: {
    specs: { type: 'string', default: '20000' },
    seed: { type: 'string', default: '1' },
    first: { type: 'string', default: '0' },
  },
});
const [count, seed, first] = [Number(values.specs), Number(values.seed), Number(values.first)];

const counts = { wrong: 0, one: 0, messages: 0, most: 0, fixed: 0, mended: 0, changed: 0, crashed: 0 };
const start = performance.now();
for (let number = first; number < first + count; number++) {
  const original = mutableSpecs[number % mutableSpecs.length]!;
  try {
    note(number, original, mutateAndFix(original, seed, number));
  } catch (error) {
    counts.crashed++;
    console.log(`crash at number ${number}: ${error instanceof Error ? error.stack : String(error)}`);
  }
  if ((number + 1 - first) % 1000 === 0) {
    const seconds = ((performance.now() - start) / 1000).toFixed(0);
    console.log(
      `${number + 1 - first} of ${count}, ${seconds} s, ${counts.changed} changed, ${counts.crashed} crashed`,
    );
  }
}
const share = (part: number) => `${((100 * part) / counts.wrong).toFixed(1)} %`;
console.log(`${count} mutated specs from number ${first}, seed ${seed}`);
console.log(`${counts.wrong} are wrong: ${share(counts.one)} of them give one message`);
console.log(`on average ${(counts.messages / counts.wrong).toFixed(2)}, at most ${counts.most}`);
console.log(`${counts.fixed} had sure fixes, which made ${counts.mended} wrong ones sound`);
console.log(`${counts.changed} came to mean something else, ${counts.crashed} crashed the compiler`);
process.exitCode = counts.changed + counts.crashed === 0 ? 0 : 1;

function note(number: number, original: string, outcome: Outcome): void {
  const { wrong, messages, fixes, sound, changed, kind, text, fixed } = outcome;
  if (wrong) {
    counts.wrong++;
    counts.one += messages === 1 ? 1 : 0;
    counts.messages += messages;
    counts.most = Math.max(counts.most, messages);
  }
  if (fixes > 0) counts.fixed++;
  if (fixes > 0 && wrong && sound) counts.mended++;
  if (!changed) return;
  counts.changed++;
  console.log(`number ${number}, ${kind}:`);
  for (const [name, lines] of Object.entries({ was: original, mutated: text, fixed })) {
    const others = name === 'was' ? text : original;
    const own = lines.split('\n').filter((line) => !others.split('\n').includes(line));
    console.log(`  ${name}: ${own.slice(0, 3).join(' ⏎ ')}`);
  }
}
