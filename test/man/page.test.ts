import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { allCommands, commandLine } from '../../cli/command-line/arguments.ts';
import { version } from '../../cli/environment/package.ts';
import { environmentVariables } from '../../cli/environment/surroundings.ts';
import { exit } from '../../cli/output/exit.ts';
import { manualPage } from '../../man/page.ts';

const test = suite('the manual page');

const page = readFileSync('man/cmrc.1', 'utf8');

test('what is published is what the table of the command line says (`npm run generate`)', () => {
  assert.is(page, manualPage(version()));
});

test('it has every command, every option and every exit code', () => {
  const plain = page.replaceAll('\\-', '-');
  for (const [name, command] of allCommands(commandLine('', () => undefined))) {
    if (command.commands.length === 0) assert.ok(plain.includes(`.SS "${name} `), name);
    for (const { flags } of command.options)
      assert.ok(plain.includes(`\\fB${flags}\\fR`), `${name} ${flags}`);
  }
  for (const code of Object.values(exit)) assert.ok(plain.includes(`.TP\n\\fB${code}\\fR\n`), String(code));
});

test('it has every variable of ours that the sources read', () => {
  const found = execFileSync('git', ['grep', '-hoE', '\\b(CMRNET|CMRC)_[A-Z_]+\\b', '--', 'src', 'cli'], {
    encoding: 'utf8',
  });
  const ours = Object.keys(environmentVariables).filter((name) => /^(CMRNET|CMRC)_/.test(name));
  assert.equal([...new Set(found.trim().split('\n'))].sort(), ours.sort());
});

const hasMan = spawnSync('man', ['--version']).status === 0;

(hasMan ? test : test.skip)('man shows it without a warning', () => {
  const { stdout, stderr } = spawnSync('man', ['--warnings', '-l', 'man/cmrc.1'], { encoding: 'utf8' });
  assert.is(stderr, '');
  assert.match(stdout, 'EXIT STATUS');
});

test.run();
