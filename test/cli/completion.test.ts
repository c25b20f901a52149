import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { allCommands, commandLine } from '../../cli/command-line/arguments.ts';
import { layouts } from '../../cli/command-line/data.ts';
import { candidatesFor } from '../../cli/completion/candidates.ts';
import { cursorOf } from '../../cli/completion/cursor.ts';
import { recordName, trashName } from '../../cli/completion/runs.ts';
import { completionScript, shells } from '../../cli/completion/scripts.ts';
import { declaredIn } from '../../cli/completion/spec-names.ts';
import { wordsOf } from '../../cli/completion/typed-words.ts';
import { valueNameOf, valueNames } from '../../cli/completion/value-names.ts';
import { layoutFacts } from '../../src/runtime/data/import/layouts/layout-facts.ts';
import { deletedRuns } from '../../src/runtime/runs/catalogue/trash.ts';
import { runFiles } from '../../src/runtime/runs/record/folder.ts';
import { inFolder } from '../support/folder.ts';
import { outcome, workFolder } from '../support/script.ts';

const test = suite('completion in shells');

const program = commandLine('1.0.0', () => undefined);
const leaves = allCommands(program).filter(([, { commands }]) => commands.length === 0);

async function values(...words: string[]): Promise<string[]> {
  return (await candidatesFor(program, words)).map(({ value }) => value);
}

/** A folder with two specs and two runs, of which one is deleted. */
function withStudy(use: (work: string) => void | Promise<void>): Promise<void> {
  return inFolder((folder) => {
    const work = workFolder(folder);
    mkdirSync(join(work, 'my heart'));
    for (const name of ['paper', 'ablations', 'blocks'])
      cpSync(`specs/${name}.cmrnet`, join(work, `${name}.cmrnet`));
    writeFileSync(join(work, 'my heart', 'one heart.cmrnet'), 'experiment Own {}\n');
    writeFileSync(join(work, 'data.yaml'), '');
    for (const run of ['Demo-1', `${trashName}/Gone-2~2`]) {
      mkdirSync(join(work, 'runs', run), { recursive: true });
      writeFileSync(join(work, 'runs', run, recordName), '{}');
    }
    return use(work);
  });
}

/** What may stand at the end of a line in a folder. */
async function offeredIn(work: string, ...words: string[]): Promise<string[]> {
  const before = process.cwd();
  process.chdir(work);
  try {
    return await values(...words);
  } finally {
    process.chdir(before);
  }
}

test('everything that a command line takes is a choice or has a name that shells know', () => {
  const unknown = allCommands(program).flatMap(([name, command]) =>
    [
      ...command.registeredArguments.map((one) => [`<${one.name()}>`, one.argChoices] as const),
      ...command.options.map((one) => [one.flags, one.argChoices] as const),
    ].flatMap(([flags, choices]) =>
      choices !== undefined
        ? []
        : (valueNameOf(flags)?.split('|') ?? [])
            .filter((one) => valueNames[one] === undefined)
            .map((one) => `${name} ${flags}: ${one}`),
    ),
  );
  assert.equal(unknown, []);
});

test('every command and every option is offered at its place', async () => {
  for (const [name, command] of leaves) {
    const path = name.split(' ').slice(1);
    assert.ok((await values(...path.slice(0, -1), '')).includes(path.at(-1)!), name);
    const offered = await values(...path, '-');
    for (const { long } of command.options) assert.ok(offered.includes(long!), `${name} ${long}`);
    assert.ok(offered.includes('--help'), name);
  }
});

test('an option is offered once, and --set again', async () => {
  const offered = await values('train', 'x.cmrnet', '--plain', '--set', 'train.epochs=2', '--');
  assert.not.ok(offered.includes('--plain'));
  assert.ok(offered.includes('--set'));
});

test('choices are offered behind a space and behind a sign of equality', async () => {
  assert.equal(await values('build', 'a.cmrnet', '--target', 'on'), ['onnx', 'onnx-train']);
  assert.equal(await values('check', '--format='), ['--format=text', '--format=json']);
  assert.equal(await values('data', 'import', 'em'), ['emidec']);
});

test('words of the language and settings are offered where a command takes them', async () => {
  assert.ok((await values('explain', 'CMR41')).includes('CMR412'));
  assert.ok((await values('explain', 'con')).includes('conv'));
  assert.equal(await values('train', 'a.cmrnet', '--set', 'train.epo'), ['train.epochs=']);
});

test('the cursor stands behind any words that were typed', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.oneof(fc.string(), fc.constantFrom('train', '--set', '--', '-x', 'data', '--with', '--format=')),
        {
          minLength: 1,
        },
      ),
      (words) => {
        const { typed, before } = cursorOf(program, words);
        assert.is(before + typed, words.at(-1));
      },
    ),
  ));

test('several values of an option end with the next option', () => {
  const place = (...words: string[]) => cursorOf(program, words).place;
  assert.is(place('predict', 'runs/a', 'x.nii', '--with', 'runs/b', '')?.kind, 'value');
  assert.is(place('predict', 'runs/a', 'x.nii', '--with', 'runs/b', '-')?.kind, 'option');
  assert.is(place('predict', 'runs/a', '--with', 'runs/b', '--pages', '')?.kind, 'argument');
  assert.is(place('stop', 'runs/a', ''), null);
});

test('files are those that a command takes, with the folders on the way', () =>
  withStudy(async (work) => {
    assert.equal(await offeredIn(work, 'check', ''), [
      'ablations.cmrnet',
      'blocks.cmrnet',
      'my heart/',
      'paper.cmrnet',
      'runs/',
    ]);
    assert.equal(await offeredIn(work, 'check', 'my heart/'), ['my heart/one heart.cmrnet']);
    assert.equal(await offeredIn(work, 'data', 'fingerprint', 'd'), ['data.yaml']);
    assert.equal(await offeredIn(work, 'predict', 'runs/Demo-1', '--out=my'), ['--out=my heart/']);
  }));

test('runs are offered at once, and those that were deleted for restore', () =>
  withStudy(async (work) => {
    assert.equal(await offeredIn(work, 'stop', ''), ['runs/Demo-1']);
    assert.equal(await offeredIn(work, 'train', '--resume', 'ru'), ['runs/Demo-1']);
    assert.equal(await offeredIn(work, 'restore', ''), ['runs/Gone-2']);
    assert.is(runFiles.record('x'), join('x', recordName));
    assert.is(deletedRuns(join(work, 'runs')).length, 1);
  }));

test('names are those that the spec on the line declares', () =>
  withStudy(async (work) => {
    assert.equal(await offeredIn(work, 'train', 'paper.cmrnet', '--experiment', ''), ['Paper']);
    assert.equal(await offeredIn(work, 'sweep', 'ablations.cmrnet', '--sweep', 'SerialR'), ['SerialRates']);
    assert.equal(await offeredIn(work, 'train', 'my heart/one heart.cmrnet', '--experiment', ''), ['Own']);
  }));

test('every declaration of our specs is found by its first words', () => {
  const words = ['network', 'experiment', 'variant', 'sweep', 'compare'] as const;
  for (const name of readdirSync('specs').filter((file) => file.endsWith('.cmrnet'))) {
    const path = join('specs', name);
    const found = declaredIn([path], words).map(({ description, value }) => `${description} ${value}`);
    const lines = readFileSync(path, 'utf8').split('\n');
    const written = lines.flatMap((line) => {
      const [word, named] = line.split(/[\s({]+/);
      return (words as readonly string[]).includes(word!) ? [`${word} ${named}`] : [];
    });
    assert.equal(found, written, path);
  }
});

test('layouts are those that the import has', () => {
  assert.equal([...layouts].sort(), Object.keys(layoutFacts).sort());
});

test('quotes of bash are taken off, also those that are still open', () => {
  assert.equal(wordsOf('bash', ['my\\ heart', "'my heart", '"a \\"b\\""', 'a\'b\'"c"']), [
    'my heart',
    'my heart',
    'a "b"',
    'abc',
  ]);
  assert.equal(wordsOf('zsh', ['a\\b']), ['a\\b']);
});

test('a script for each shell asks the program for everything', () => {
  for (const shell of shells) {
    const script = completionScript(shell, 'cmrc');
    assert.ok(script.includes(`cmrc __complete ${shell} -- `), shell);
    assert.not.match(script, /experiment|train/);
  }
});

const has = (name: string) => spawnSync(name, ['--version']).status === 0;

/** A line of bash that asks what it completes, with the words that readline splits the line into. */
function askedInBash(line: string): string {
  const words = line.split(/(?<=[:=])|(?=[:=])| /).map((word) => `'${word}'`);
  return `COMP_LINE='${line}' COMP_POINT=${line.length} COMP_WORDS=(${words.join(' ')}) COMP_CWORD=${words.length - 1}
_cmrc 2>/dev/null; echo "\${COMPREPLY[*]}"`;
}

(has('bash') ? test : test.skip)('bash completes commands, files and words with signs of equality', () =>
  withStudy((work) => {
    const lines = ['cmrc tra', 'cmrc check pa', 'cmrc check my', 'cmrc check --format=j', 'cmrc stop '];
    const start = 'eval "$(cmrc completion bash)"\ncomplete -p cmrc\n';
    writeFileSync(join(work, 'ask.bash'), start + lines.map(askedInBash).join('\n'));
    const answers = ['train', 'paper.cmrnet', 'my heart', 'json', 'runs/Demo-1'];
    assert.equal(outcome('bash ask.bash', work).split('\n'), ['complete -F _cmrc cmrc', ...answers]);
  }),
);

test.run();
