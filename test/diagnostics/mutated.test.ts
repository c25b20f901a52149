import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { mutableSpecs } from '../support/mutable-specs.ts';
import { mutateAndFix } from '../support/mutated-specs.ts';

// A few of those that `npm run fuzz:specs` tries by the thousand.
const seed = 11;
const count = 150;

const mutated = suite('mutated specs');
const outcomes = Array.from({ length: count }, (_, number) =>
  mutateAndFix(mutableSpecs[number % mutableSpecs.length]!, seed, number),
);

mutated('no fix makes a wrong spec mean something else', () => {
  const changed = outcomes.filter((outcome) => outcome.changed);
  assert.equal(
    changed.map(({ kind, fixed }) => `${kind}\n${fixed}`),
    [],
  );
});

mutated('fixes make some of them sound', () => {
  assert.ok(outcomes.some(({ wrong, fixes, sound }) => wrong && fixes > 0 && sound));
});

mutated('most wrong ones give one message', () => {
  const wrong = outcomes.filter((outcome) => outcome.wrong);
  assert.ok(wrong.filter(({ messages }) => messages === 1).length > wrong.length / 2);
});

mutated.run();
