import { spawnSync } from 'node:child_process';
import { join, resolve } from 'node:path';
import { constants, crc32, deflateRawSync, gzipSync } from 'node:zlib';
import { npy, npz, png, tiff, write } from './samples.ts';

/** A small file that claims to be large. */
export interface Bomb {
  readonly name: string;
  /** Writes it into a folder. */
  readonly make: (folder: string) => string | Promise<string>;
  /** Why it is refused. */
  readonly reason: RegExp;
  /** Bounds of the process that reads it. */
  readonly megabytes: number;
}

export interface Refusal {
  readonly reason: string;
  readonly megabytes: number;
  readonly seconds: number;
}

/**
 * What reading a file in a process of its own says, and the most memory and the time that it takes.
 * @param patience seconds of the clock, which on a busy machine are many more than those of the processor
 */
export function refusal(path: string, patience = 120): Refusal {
  const reader = JSON.stringify(resolve('src/runtime/images/formats/read-volume.ts'));
  const script = `import { readVolume } from ${reader};
    const begun = performance.now();
    const found = await readVolume(${JSON.stringify(path)}, 'image');
    const seconds = (performance.now() - begun) / 1000;
    const reason = 'reason' in found ? found.reason : 'it was read';
    console.log(JSON.stringify({ reason, seconds, megabytes: process.resourceUsage().maxRSS / 1024 }));`;
  const { stdout, stderr, signal } = spawnSync(
    process.execPath,
    [...process.execArgv, '--input-type=module', '-e', script],
    { encoding: 'utf8', timeout: 1000 * patience },
  );
  if (signal !== null) throw new Error(`${path} was still being read after ${patience} s`);
  if (stdout === '') throw new Error(stderr);
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

const deflated = (content: Uint8Array) => Buffer.concat([Buffer.from([0x78, 0x9c]), content, finished]);

export const bombs: readonly Bomb[] = [
  {
    name: 'a PNG of 2 MB whose data unpacks to 2 GB',
    make: (folder) => write(folder, 'pixels.png', pngWith('IDAT', deflated(zeros(2048)))),
    reason: /unpacks to more than the \d+ bytes that 4096×4096 pixels need/,
    megabytes: 400,
  },
  {
    name: 'a PNG whose colour profile unpacks to 2 GB',
    make: (folder) =>
      write(
        folder,
        'profile.png',
        pngWith('iCCP', Buffer.concat([Buffer.from('bomb\0\0'), deflated(zeros(2048))])),
      ),
    reason: /its colour profile unpacks to more than/,
    megabytes: 400,
  },
  {
    name: 'a gzipped NIfTI file of 10 GB',
    make: (folder) => {
      const half = gzipSync(new Uint8Array(2 ** 29), { level: 9 });
      return write(folder, 'large.nii.gz', Buffer.concat(Array.from({ length: 20 }, () => half)));
    },
    reason: /unpacks to more than 536870912 bytes/,
    megabytes: 1200,
  },
  {
    name: 'an HDF5 file that declares 134 GB',
    make: hdf5,
    reason: /declares 1000×1024×32768|declares 32768×1024×1000 values, more than/,
    megabytes: 900,
  },
  {
    name: 'an npz file whose array of 64 bytes declares 40 GB',
    make: (folder) =>
      write(folder, 'large.npz', npz({ image: npy([10_000, 1000, 1000], new Uint8Array(64), '<f4') })),
    reason: /declares 10000×1000×1000 values, more than/,
    megabytes: 400,
  },
  {
    name: 'a TIFF file of a page that declares 10 billion pixels',
    make: (folder) =>
      write(
        folder,
        'large.tif',
        tiff({ rows: 100_000, columns: 100_000, format: 1, bits: 16, pages: [new Uint8Array(64)] }),
      ),
    reason: /declares 1×100000×100000×1 values, more than/,
    megabytes: 400,
  },
];

async function hdf5(folder: string): Promise<string> {
  const { default: h5wasm, File, Dataset } = await import('h5wasm/node');
  await h5wasm.ready;
  const path = join(folder, 'large.h5');
  const file = new File(path, 'w');
  file.create_dataset({
    name: 'image',
    data: new Float32Array(16),
    shape: [1, 4, 4],
    chunks: [1, 4, 4],
    maxshape: [null, null, null],
  });
  const found = file.get('image');
  if (!(found instanceof Dataset)) throw new Error('no array was made');
  found.resize([32_768, 1024, 1000]);
  file.close();
  return path;
}
