import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RunEvent } from '../../src/runtime/runs/journal/events.ts';
import {
  advance,
  epochsDone,
  fractionDone,
  noProgress,
  type RunProgress,
  stepsDone,
  timeLeft,
} from '../../src/runtime/runs/journal/progress.ts';
import { noon, recordedEvents, stepEvent } from '../support/recorded-run.ts';

const test = suite('progress');

const after = (...events: readonly RunEvent[]): RunProgress => advance(noProgress, events);
const foldOne = (progress: RunProgress) => progress.folds.get(1)!;

test('does not depend on how the events were cut into portions', () => {
  const events = [...recordedEvents({ done: 3 }), ...recordedEvents({ done: 3, from: 2 })];
  const whole = advance(noProgress, events);
  fc.assert(
    fc.property(fc.array(fc.nat(events.length), { maxLength: 6 }), (cuts) => {
      const edges = [0, ...cuts.sort((a, b) => a - b), events.length];
      let progress = noProgress;
      for (let index = 1; index < edges.length; index += 1) {
        progress = advance(progress, events.slice(edges[index - 1], edges[index]));
      }
      assert.equal(progress, whole);
    }),
    { seed: 7, numRuns: 40 },
  );
});

test('never changes what it was given', () => {
  const before = after(...recordedEvents({ done: 1 }));
  const copy = structuredClone(before);
  advance(before, recordedEvents({ done: 2, from: 1 }));
  assert.equal(before, copy);
});

test('what was trained after the last checkpoint of a killed process is forgotten when it goes on', () => {
  const killed = [...recordedEvents({ done: 2 }), stepEvent(1, 3, 1, 10, noon), stepEvent(1, 3, 2, 10, noon)];
  assert.is(stepsDone(foldOne(after(...killed))), 2);
  const resumed = foldOne(after(...killed, recordedEvents({ done: 0, from: 0 })[0]!));
  assert.is(resumed.steps.length, 0);
  const afterTwo = foldOne(after(...killed, ...recordedEvents({ done: 2, from: 2 })));
  assert.is(epochsDone(afterTwo), 2);
  assert.is(stepsDone(afterTwo), 0);
  assert.is(afterTwo.steps.length, 20);
});

test('the first step without a finite loss is where it diverged', () => {
  const broken = { ...stepEvent(1, 2, 4, 10, noon), loss: NaN } as RunEvent;
  const later = { ...stepEvent(1, 2, 5, 10, noon), loss: Infinity } as RunEvent;
  const progress = after(...recordedEvents({ done: 1 }), broken, later);
  assert.equal(foldOne(progress).diverged, { epoch: 2, step: 4 });
});

test('the time left follows from epochs, and before the first from steps without their warm-up', () => {
  const started = recordedEvents({ done: 0, epochs: 4 });
  assert.is(timeLeft(foldOne(after(...started))), null);
  const slow = stepEvent(1, 1, 1, 10, noon, 9000);
  const steps = [2, 3].map((step) => stepEvent(1, 1, step, 10, noon, 100));
  assert.is(Math.round(timeLeft(foldOne(after(...started, slow, ...steps)))!), 3700);
  assert.is(timeLeft(foldOne(after(...recordedEvents({ done: 3, epochs: 4 })))), 4000);
});

test('a finished fold is wholly done, whatever its steps said', () => {
  const finished: RunEvent = { type: 'finished', time: noon, fold: 1, epoch: 8 };
  const fold = foldOne(after(...recordedEvents({ done: 7 }), finished));
  assert.is(fold.state, 'finished');
  assert.is(fractionDone(fold), 1);
  assert.is(timeLeft(fold), null);
});

test('events of a fold that never started are no fold', () => {
  assert.is(after(stepEvent(3, 1, 1, 10, noon)).folds.size, 0);
});

test('a kind of event that a later version writes is passed over', () => {
  const unknown = { type: 'weather', time: noon, fold: 1 } as unknown as RunEvent;
  assert.is(foldOne(after(...recordedEvents({ done: 1 }), unknown)).state, 'running');
});

test.run();
