import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { png, write } from '../images/samples.ts';
import { inFolder } from '../support/folder.ts';

const test = suite('privacy');
const people = ['mueller', 'okonkwo', 'lindqvist', 'fernandez', 'tanaka', 'haddad'];
const size = 16;

const spec = `cmrnet 1

network Tiny {
  input image: [${size}, ${size}, 1]
  let features = image |> conv(2) |> relu()
  @allow("small-field")
  head segmentation: mask = features |> conv(1, kernel = 1) |> sigmoid()
  head diagnosis: label = features |> global_avg_pool() |> dense(1) |> sigmoid()
}

dataset Hearts {
  manifest  = "data/hearts.yaml"
  image     = [${size}, ${size}, 1]
  intensity = minmax()
  classes   = ["healthy", "diseased"]
  positive  = "healthy"
}

experiment First {
  model = Tiny()
  data  = Hearts
  loss  = 0.5 * jaccard(segmentation) + 0.5 * bce(diagnosis)

  train {
    optimizer = rmsprop(lr = 0.01)
    epochs    = 1
    batch     = 2
  }

  evaluate {
    folds        = holdout(50%, stratify = diagnosis)
    segmentation = [dsc]
    diagnosis    = [accuracy]
  }
}

sweep Rates of First {
  vary train.seed in [1, 2]
}
`;

test('no byte that import, training, report and prediction write or print names a person', () =>
  inFolder(async (folder) => {
    const images = join(folder, 'hospital');
    const ring = (row: number, column: number) => (Math.hypot(row - 8, column - 8) < 5 ? 1 : 0);
    for (const [number, name] of people.entries()) {
      const image = png(size, size, (row, column) => 60 + 10 * number + 90 * ring(row, column));
      write(images, `images/${name}-1.png`, image);
      write(images, `masks/${name}-1.png`, png(size, size, ring));
    }
    const label = (number: number) => (number % 2 === 0 ? 'healthy' : 'diseased');
    const labels = people.map((name, number) => `${name},${label(number)}\n`).join('');
    write(images, 'labels.csv', `patient,label\n${labels}`);

    const study = join(folder, 'study');
    write(study, 'hearts.cmrnet', spec);
    const cmrc = async (...words: string[]): Promise<string> => {
      const command = [resolve('cli/cmrc.js'), ...words];
      const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: study });
      return stdout + stderr;
    };
    const manifest = ['--out', 'data/hearts.yaml', '--deidentify', '--key', join(folder, 'key')];
    const patient = ['--patient', '^([a-z]+)-'];
    const said = [
      await cmrc('data', 'import', 'pairs', images, ...patient, ...manifest),
      await cmrc('data', 'check', 'hearts.cmrnet', '--experiment', 'First'),
      await cmrc('sweep', 'hearts.cmrnet', '--backend', 'cpu'),
      await cmrc('report', 'hearts.cmrnet'),
    ];
    const run = join('runs', readdirSync(join(study, 'runs')).find((name) => !name.startsWith('.'))!);
    said.push(await cmrc('predict', run, 'data', '--out', 'predicted', '--backend', 'cpu'));
    const files = readdirSync(study, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    for (const name of ['hearts.yaml', 'events.jsonl', 'predictions.json', 'report.html'])
      assert.ok(
        files.some((file) => file.endsWith(name)),
        `${name} is among the files`,
      );
    const kept = files.map((file) => [file, readFileSync(file, 'latin1')] as const);
    for (const [place, text] of [...kept, ['what is printed', said.join('')] as const]) {
      const named = people.filter((name) => `${place}\n${text}`.toLowerCase().includes(name));
      assert.equal(named, [], place);
    }
  }));

test.run();
