import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { png, temporaryFolder, write } from './samples.ts';

/** Small files that claim to be large are refused within bounded memory and time, each in a process of its own. */
const test = suite('files that unpack to much more');
const root = temporaryFolder();
test.after(() => rmSync(root, { recursive: true }));

interface Refusal {
  readonly reason: string;
  readonly megabytes: number;
  readonly seconds: number;
}

function refusal(path: string): Refusal {
  const reader = JSON.stringify(resolve('src/runtime/images/formats/read-volume.ts'));
  const script = `import { readVolume } from ${reader};
    const begun = performance.now();
    const found = await readVolume(${JSON.stringify(path)}, 'image');
    const seconds = (performance.now() - begun) / 1000;
    const reason = 'reason' in found ? found.reason : 'it was read';
    console.log(JSON.stringify({ reason, seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [...process.execArgv, '--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: 120_000 },
  );
  assert.ok(stdout !== '', stderr);
  return JSON.parse(stdout) as Refusal;
}

/** A megabyte of zeros many times over, as a raw deflate stream without its end. */
function zeros(megabytes: number): Buffer {
  const one = deflateRawSync(new Uint8Array(2 ** 20), { level: 9, finishFlush: constants.Z_FULL_FLUSH });
  return Buffer.concat(Array.from({ length: megabytes }, () => one));
}

function chunk(type: string, content: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type), content]);
  const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(content.length);
  checksum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, checksum]);
}

/** A PNG of 4096×4096 pixels with another content in place of its first chunk of a type, or before its end. */
function pngWith(type: string, content: Uint8Array): Buffer {
  const whole = Buffer.from(png(4096, 4096, () => 0));
  const at = whole.indexOf('IDAT') - 4;
  const end = at + 12 + whole.readUInt32BE(at);
  const kept = type === 'IDAT' ? whole.subarray(end) : whole.subarray(at);
  return Buffer.concat([whole.subarray(0, at), chunk(type, content), kept]);
}

const finished = Buffer.from([0x03, 0x00, 0, 0, 0, 0]);

test('a PNG of 2 MB whose data unpacks to 2 GB', () => {
  const bomb = pngWith('IDAT', Buffer.concat([Buffer.from([0x78, 0x9c]), zeros(2048), finished]));
  assert.ok(bomb.length < 3e6, `${bomb.length} bytes`);
  const { reason, megabytes, seconds } = refusal(write(root, 'pixels.png', bomb));
  assert.match(reason, /unpacks to more than the \d+ bytes that 4096×4096 pixels need/);
  assert.ok(megabytes < 400, `${megabytes} MB`);
  assert.ok(seconds < 30, `${seconds} s`);
});

test('a PNG whose colour profile unpacks to 2 GB', () => {
  const profile = [Buffer.from('bomb\0\0'), Buffer.from([0x78, 0x9c]), zeros(2048), finished];
  const { reason, megabytes } = refusal(write(root, 'profile.png', pngWith('iCCP', Buffer.concat(profile))));
  assert.match(reason, /its colour profile unpacks to more than/);
  assert.ok(megabytes < 400, `${megabytes} MB`);
});

test('a gzipped NIfTI file of 10 GB', () => {
  const half = gzipSync(new Uint8Array(2 ** 29), { level: 9 });
  const bomb = Buffer.concat(Array.from({ length: 20 }, () => half));
  const { reason, megabytes, seconds } = refusal(write(root, 'large.nii.gz', bomb));
  assert.match(reason, /unpacks to more than 536870912 bytes/);
  assert.ok(megabytes < 1200, `${megabytes} MB`);
  assert.ok(seconds < 30, `${seconds} s`);
});

test('an HDF5 file that declares 134 GB', async () => {
  const { default: h5wasm, File, Dataset } = await import('h5wasm/node');
  await h5wasm.ready;
  const path = join(root, 'large.h5');
  const file = new File(path, 'w');
  file.create_dataset({
    name: 'image',
    data: new Float32Array(16),
    shape: [1, 4, 4],
    chunks: [1, 4, 4],
    maxshape: [null, null, null],
  });
  const found = file.get('image');
  assert.instance(found, Dataset);
  (found as InstanceType<typeof Dataset>).resize([32_768, 1024, 1000]);
  file.close();
  const { reason, megabytes, seconds } = refusal(path);
  assert.match(reason, /declares 1000×1024×32768|declares 32768×1024×1000 values, more than/);
  assert.ok(megabytes < 900, `${megabytes} MB`);
  assert.ok(seconds < 30, `${seconds} s`);
});

test.run();
