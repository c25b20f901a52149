import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Bag } from '../../src/compiler/diagnostics/diagnostic.ts';
import type { RunEvent } from '../../src/runtime/runs/journal/events.ts';
import { JournalReader, JournalWriter, readEvents } from '../../src/runtime/runs/journal/journal.ts';
import { LineCounter } from '../../src/runtime/runs/journal/line-counts.ts';
import { damageText } from '../../src/runtime/runs/journal/progress.ts';
import { progressOf } from '../../src/runtime/runs/journal/progress-of.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { acquire, type Lock } from '../../src/runtime/storage/lock.ts';
import { inFolder } from '../support/folder.ts';
import { noon, recordedEvents, stepEvent } from '../support/recorded-run.ts';

const test = suite('journal');

test('events come back as they were written', () =>
  inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    const events = recordedEvents({ done: 3 });
    const writer = new JournalWriter(path);
    for (const event of events) writer.append(event);
    writer.close();
    assert.equal(readEvents(path), events);
  }));

test('NaN and infinities survive, words do not become numbers', () =>
  inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    const events: RunEvent[] = [
      { ...stepEvent(1, 1, 1, 10, noon), loss: NaN, heads: { a: Infinity, b: -Infinity } } as RunEvent,
      { type: 'notice', time: noon, fold: 1, severity: 'note', code: null, message: 'NaN' },
    ];
    const writer = new JournalWriter(path);
    for (const event of events) writer.append(event);
    assert.equal(readEvents(path), events);
  }));

/** However long a loaded machine takes. */
const everything = { events: Infinity, milliseconds: Infinity };

test('wherever a process is killed, the whole lines before are read and the rest waits', () => {
  const events = recordedEvents({ done: 1, stepsPerEpoch: 3 });
  const text = events.map((event) => `${JSON.stringify(event)}\n`).join('');
  return inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: text.length }), (cut) => {
        writeFileSync(path, text.slice(0, cut));
        const reader = new JournalReader(path);
        const before = reader.read(everything).events;
        assert.is(before.length, text.slice(0, cut).split('\n').length - 1);
        appendFileSync(path, text.slice(cut));
        assert.equal([...before, ...reader.read(everything).events], events);
      }),
      { seed: 7, numRuns: 60 },
    );
  });
});

test('a writer closes off the torn line that a killed one left, and only that event is lost', () =>
  inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    const [first, second, third] = recordedEvents({ done: 1 }) as [RunEvent, RunEvent, RunEvent];
    writeFileSync(path, `${JSON.stringify(first)}\n${JSON.stringify(second).slice(0, 20)}`);
    new JournalWriter(path).append(third);
    assert.equal(readEvents(path), [first, third]);
  }));

test('text with characters of several bytes is read across chunks', () =>
  inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    const events: RunEvent[] = Array.from({ length: 40 }, (_, index) => ({
      type: 'notice',
      time: noon,
      fold: 1,
      severity: 'note',
      code: null,
      message: `心臓 ${'é'.repeat(5000)} ${index}`,
    }));
    const writer = new JournalWriter(path);
    for (const event of events) writer.append(event);
    assert.equal(readEvents(path), events);
  }));

test('a long file comes in portions bounded by count', () =>
  inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    writeFileSync(path, `${JSON.stringify(stepEvent(1, 1, 1, 10, noon))}\n`.repeat(1200));
    const reader = new JournalReader(path);
    const stillClock = () => 0;
    const portion = { events: 500, milliseconds: 15 };
    const sizes = [1, 2, 3].map(() => reader.read(portion, stillClock).events.length);
    assert.equal(sizes, [500, 500, 200]);
  }));

test('a slow disk ends a portion by time', () =>
  inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    writeFileSync(path, `${JSON.stringify(stepEvent(1, 1, 1, 10, noon))}\n`.repeat(100));
    let now = 0;
    const { events, more } = new JournalReader(path).read(
      { events: 500, milliseconds: 15 },
      () => (now += 5),
    );
    assert.is(events.length, 3);
    assert.ok(more);
  }));

test('a run that has not begun has no events', () =>
  inFolder((folder) => assert.equal(readEvents(join(folder, 'events.jsonl')), [])));

test('complete lines that are no events are told as damaged, each in its place', () =>
  inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    const event = stepEvent(1, 1, 1, 10, noon);
    writeFileSync(path, `{"half\n[1]\nnull\n{"type":"step"}\n${JSON.stringify(event)}\n`);
    const lost = (line: number): RunEvent => ({ type: 'damaged', time: 0, fold: 0, line, missing: 0 });
    assert.equal(readEvents(path), [lost(1), lost(2), lost(3), lost(4), event]);
    assert.is(readFileSync(path, 'utf8').split('\n').length, 6, 'the file is left as it was');
  }));

test('a changed byte costs its line and no other, and never changes what an event says', () => {
  const events = recordedEvents({ done: 2, stepsPerEpoch: 3 });
  return inFolder((folder) => {
    const path = join(folder, 'events.jsonl');
    const writer = new JournalWriter(path);
    for (const event of events) writer.append(event);
    writer.close();
    const bytes = readFileSync(path);
    fc.assert(
      fc.property(fc.nat(bytes.length - 2), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at]! ^= flip;
        writeFileSync(path, changed);
        const found = readEvents(path);
        const whole = found.filter(({ type }) => type !== 'damaged');
        const texts = new Set(events.map((event) => JSON.stringify(event)));
        assert.ok(whole.every((event) => texts.has(JSON.stringify(event))));
        assert.ok(whole.length >= events.length - 2, 'a line, or two whose border is gone');
        assert.ok(found.length > whole.length, 'and it is told');
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});

/** A journal of two processes, one after the other, each with a lock of its own. */
function twoProcesses(folder: string): { readonly path: string; readonly lines: readonly string[] } {
  const path = join(folder, 'events.jsonl');
  for (const events of [recordedEvents({ done: 1, stepsPerEpoch: 3 }), recordedEvents({ done: 2 })]) {
    const lock = acquire(join(folder, 'lock')) as Lock;
    const writer = new JournalWriter(path, lock);
    for (const event of events) writer.append(event);
    writer.close();
    lock.release();
  }
  return { path, lines: readFileSync(path, 'utf8').trimEnd().split('\n') };
}

test('lines that are gone are missed, and lines that are there twice count once', () =>
  inFolder((folder) => {
    const { path, lines } = twoProcesses(folder);
    const read = (kept: readonly string[]) => {
      writeFileSync(path, `${kept.join('\n')}\n`);
      const events = readEvents(path);
      return {
        damages: progressOf(folder).damages.map(damageText),
        kept: events.filter(({ type }) => type !== 'damaged').length,
      };
    };
    assert.equal(read(lines), { damages: [], kept: lines.length });
    fc.assert(
      fc.property(fc.nat(lines.length - 2), fc.integer({ min: 1, max: 3 }), (from, count) => {
        const left = lines.toSpliced(from, count);
        const { damages, kept } = read(left);
        assert.is(kept, left.length);
        // Of the last lines of a process only its count tells.
        const nth = (line: string | undefined) => (line === undefined ? 1 : (JSON.parse(line).nth as number));
        const next = nth(left[from]);
        if (next === 1) return assert.equal(damages, []);
        const gone = Math.min(count, next - 1);
        const words = gone === 1 ? 'a line is' : `${gone} lines are`;
        assert.equal(damages, [`${words} gone before line ${from + 1}`]);
      }),
      { seed: 3, numRuns: 60 },
    );
    const twice = read(lines.toSpliced(2, 0, lines[1]!));
    assert.equal(twice, { damages: ['line 3 is damaged'], kept: lines.length });
    // A line that is damaged is not missed as well.
    const changed = read(
      lines.with(
        3,
        lines[3]!.replace(/\d/, (digit) => String((Number(digit) + 1) % 10)),
      ),
    );
    assert.equal(changed, { damages: ['line 4 is damaged'], kept: lines.length - 1 });
  }));

test('who goes on reading in the middle misses nothing that was read before', () =>
  inFolder((folder) => {
    const { path, lines } = twoProcesses(folder);
    const first = lines.slice(0, 4).join('\n').length + 1;
    const whole = readFileSync(path);
    for (const thin of [false, true]) {
      writeFileSync(path, whole.subarray(0, first));
      const reader = new JournalReader(path, { thin });
      reader.read(everything);
      writeFileSync(path, whole);
      const { events } = new JournalReader(path, { thin, from: reader.place }).read(everything);
      assert.is(
        events.length,
        lines.slice(4).filter((line) => !thin || !line.startsWith('{"type":"step"')).length,
      );
      assert.not.ok(events.some(({ type }) => type === 'damaged'));
      // Two lines that are gone where it went on.
      writeFileSync(path, `${lines.toSpliced(4, 2).join('\n')}\n`);
      const { events: fewer } = new JournalReader(path, { thin, from: reader.place }).read(everything);
      assert.ok(
        fewer.some((event) => event.type === 'damaged' && event.line === 5),
        JSON.stringify(fewer),
      );
    }
  }));

test('whoever passes over steps misses and checks them like all other lines', () =>
  inFolder((folder) => {
    const { path, lines } = twoProcesses(folder);
    const damages = (kept: readonly string[]) => {
      writeFileSync(path, `${kept.join('\n')}\n`);
      const { events } = new JournalReader(path, { thin: true }).read(everything);
      return events.flatMap((event) => (event.type === 'damaged' ? [damageText(event)] : []));
    };
    const steps = lines.flatMap((line, at) => (line.startsWith('{"type":"step"') ? [at] : []));
    assert.ok(steps.length > 3);
    assert.equal(damages(lines), []);
    for (const at of steps) {
      assert.equal(damages(lines.toSpliced(at, 1)), [`a line is gone before line ${at + 1}`]);
      const changed = lines.with(at, lines[at]!.replace('"loss":', '"lost":'));
      assert.equal(damages(changed), [`line ${at + 1} is damaged`]);
      assert.equal(damages(lines.toSpliced(at, 0, lines[at]!)), [`line ${at + 2} is damaged`]);
    }
  }));

test('lines that are gone at the end of a process are missed by what it counted', () =>
  inFolder((folder) => {
    const { path, lines } = twoProcesses(folder);
    const stamps = lines.map((line) => JSON.parse(line) as { readonly lease: string; readonly nth: number });
    for (const { lease, nth } of stamps) new LineCounter(folder, 1).keep(lease, nth);
    const damages = (kept: readonly string[]) => {
      writeFileSync(path, kept.map((line) => `${line}\n`).join(''));
      return progressOf(folder).damages.map(damageText);
    };
    assert.equal(damages(lines), []);
    const last = stamps.at(-1)!;
    assert.equal(damages(lines.slice(0, -1)), ['the last line of a process of fold 1 is gone']);
    const first = stamps.findLastIndex(({ lease }) => lease !== last.lease);
    assert.equal(damages(lines.toSpliced(first - 1, 2)), [
      'the last 2 lines of a process of fold 1 are gone',
    ]);
    assert.equal(damages([]), [
      `the last ${stamps[first]!.nth} lines of a process of fold 1 are gone`,
      `the last ${last.nth} lines of a process of fold 1 are gone`,
    ]);
    const counts = runFiles.lineCounts(folder, 1);
    writeFileSync(counts, readFileSync(counts, 'utf8').replace(/:\d/, ':9'));
    assert.equal(damages(lines), ['the number of lines of fold 1 is damaged']);
  }));

test('damages of a journal are told with a code and their lines, once', () =>
  inFolder((folder) => {
    const { path, lines } = twoProcesses(folder);
    writeFileSync(path, `${['{"half', ...lines.slice(2)].join('\n')}\n`);
    const bag = new Bag();
    progressOf(folder, bag);
    progressOf(folder, bag);
    assert.equal(
      bag.sorted().map(({ code, message }) => [code, message.replace(path, 'events')]),
      [['CMR880', 'in the journal `events` line 1 is damaged, a line is gone before line 2']],
    );
  }));

test.run();
