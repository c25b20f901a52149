import { createWriteStream, existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { reasonOf } from '../installed/command.ts';
import { bytes, type Workshop, workFolder } from '../installed/workshop.ts';
import { type Inspection, inspectLibrary } from './inspect-library.ts';
import { publish } from './package.ts';

const silentMs = 30_000;

/** The libtensorflow that the npm package would fetch by its own script. Its GPU build is for CUDA 11.2. */
const archiveVersion = '2.9.1';

/** Unpacks an archive of libtensorflow into the cache. */
export async function unpackArchive(workshop: Workshop, path: string, gpu: boolean): Promise<Inspection> {
  const { files, run, tell, signal } = workshop;
  const done = join(files.libraries, basename(path).replace(/\.(tar\.gz|tgz|zip)$/, ''));
  if (!existsSync(done)) {
    tell(`TensorFlow: unpacking ${path}`);
    const folder = workFolder(workshop, 'archive');
    // Also Windows has had a tar since 2018.
    const outcome = await run('tar', ['-xf', resolve(path), '-C', folder], {
      silentMs,
      fills: folder,
      signal,
    });
    if (outcome.status !== 0) return { reason: reasonOf(outcome, 'tar', silentMs) };
    const inspection = inspectLibrary(folder, 'tarball', gpu);
    if ('reason' in inspection) return inspection;
    publish(folder, done);
  }
  return inspectLibrary(done, 'tarball', gpu);
}

/** Fetches the archive that the npm package would, with a time-out where a firewall drops packets. */
export async function fetchArchive(workshop: Workshop, gpu: boolean): Promise<Inspection> {
  const url = archiveUrl(workshop, gpu);
  if (url === null)
    return { reason: `there is none for ${workshop.system.platform} ${workshop.system.arch}` };
  const name = basename(new URL(url).pathname);
  const done = join(workshop.files.libraries, name.replace(/\.tar\.gz$/, ''));
  if (existsSync(done)) return inspectLibrary(done, 'download', gpu);
  workshop.tell(`TensorFlow: ${url} (about ${gpu ? '400' : '120'} MB)`);
  const folder = workFolder(workshop, 'download');
  const path = join(folder, name);
  const problem = await download(workshop, url, path);
  if (problem !== null) return { reason: problem };
  const inspection = await unpackArchive(workshop, path, gpu);
  return 'found' in inspection ? { found: { ...inspection.found, origin: 'download' } } : inspection;
}

/** The same variables as the package's own script name a mirror. */
function archiveUrl({ environment, system }: Workshop, gpu: boolean): string | null {
  const host = environment['TFJS_NODE_CDN_STORAGE'] ?? 'https://storage.googleapis.com/';
  const base = environment['TFJS_NODE_BASE_URI'] ?? `${host}tensorflow/libtensorflow/libtensorflow-`;
  const { platform, arch } = system;
  if (platform === 'linux' && arch === 'x64') {
    return `${base}${gpu ? 'gpu' : 'cpu'}-linux-x86_64-${archiveVersion}.tar.gz`;
  }
  if (gpu) return null;
  if (platform === 'darwin' && arch === 'x64') return `${base}cpu-darwin-x86_64-${archiveVersion}.tar.gz`;
  if (platform === 'darwin') return `${host}tf-builds/libtensorflow_r2_7_darwin_arm64_cpu.tar.gz`;
  return platform === 'linux' && arch === 'arm64'
    ? `${host}tf-builds/libtensorflow_r2_7_linux_arm64.tar.gz`
    : null;
}

/** Null, or why it failed. */
async function download(workshop: Workshop, url: string, path: string): Promise<string | null> {
  const patience = new AbortController();
  const late = () => patience.abort(new Error(`no answer for ${silentMs / 1000} s`));
  let timer = setTimeout(late, silentMs);
  try {
    const signal = AbortSignal.any([patience.signal, workshop.signal]);
    const response = await workshop.fetch(url, { signal });
    if (!response.ok || response.body === null) return `its host answers ${response.status}`;
    const total = Number(response.headers.get('content-length') ?? 0);
    let got = 0;
    let told = Date.now();
    const begin = Date.now();
    const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
    body.on('data', (chunk: Uint8Array) => {
      clearTimeout(timer);
      timer = setTimeout(late, silentMs);
      got += chunk.length;
      if (Date.now() - told < 3000) return;
      told = Date.now();
      const left = total > 0 ? `, ${Math.ceil(((told - begin) * (total - got)) / got / 1000)} s left` : '';
      workshop.tell(`  ${bytes(got)}${total > 0 ? ` of ${bytes(total)}` : ''}${left}`);
    });
    await pipeline(body, createWriteStream(path), { signal });
    return null;
  } catch (error) {
    const { message, cause } = error as Error & { cause?: { message?: string } };
    return patience.signal.aborted ? `no answer for ${silentMs / 1000} s` : (cause?.message ?? message);
  } finally {
    clearTimeout(timer);
  }
}
