import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import { withLimit } from '../../src/compiler/plan/run-hash.ts';
import { readData } from '../../src/runtime/data/dataset/dataset-facts.ts';
import { withinLimit } from '../../src/runtime/data/dataset/limit.ts';
import { inFolder } from '../support/folder.ts';
import { smallPlan, writeSmallData } from '../support/small-data.ts';

const test = suite('a quick trial on a few patients');

const image = fc.record({
  patient: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
  class: fc.constant<string | null>(null),
});

test('takes whole patients, no more than asked for, and as many as there are', () =>
  fc.assert(
    fc.property(fc.array(image), fc.integer({ min: 1, max: 7 }), (images, limit) => {
      const taken = withinLimit(images, limit);
      const patients = new Set(taken.map(({ patient }) => patient));
      assert.is(patients.size, Math.min(limit, new Set(images.map(({ patient }) => patient)).size));
      assert.equal(
        taken,
        images.filter(({ patient }) => patients.has(patient)),
      );
    }),
  ));

test('takes of each class in turn', () => {
  const one = (patient: string, name: string) => ({ patient, class: name });
  const images = [one('a', 'healthy'), one('b', 'healthy'), one('c', 'healthy'), one('d', 'sick')];
  assert.equal(withinLimit(images, 2), [images[0]!, images[3]!]);
  assert.is(withinLimit(images, undefined), images);
});

test('is another run than the whole, says so, and tells of a batch that it cannot fill', () =>
  inFolder((folder) => {
    const plan = smallPlan(writeSmallData(folder, 8));
    const read = (asked: typeof plan) => {
      const bag = new Bag();
      const data = readData(asked, join(folder, 'cache'), bag)!;
      const told = bag.sorted().map(({ code, message }) => `${code} ${message}`);
      return { ...data, told };
    };
    const whole = read(plan);
    const trial = read(withLimit(plan, 3));
    assert.is(whole.facts.patients, 8);
    assert.equal(whole.told, []);
    assert.is(trial.facts.patients, 3);
    assert.is(trial.plan.data.limit, 3);
    assert.is.not(trial.plan.hash, whole.plan.hash);
    assert.equal(trial.told, [
      'CMR127 a batch of 4 is more than the 2 images that fold 1 trains on',
      'CMR128 a quick trial on 3 patients: its numbers say nothing of the whole',
    ]);
  }));

test.run();
