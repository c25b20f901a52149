#!/usr/bin/env node
import { existsSync } from 'node:fs';

// Shells ask at every key what may come next: a door of its own opens before the program has loaded.
const door = process.argv[2] === '__complete' ? 'complete' : 'main';
const entry = new URL(`../dist/cli/${door}.js`, import.meta.url);
if (existsSync(entry)) {
  try {
    await import(entry.href);
  } catch (error) {
    // The program itself is many files.
    if (error?.code !== 'EMFILE' && error?.code !== 'ENFILE') throw error;
    console.error('cmrc does not start: too many files are open (`ulimit -n`)');
    process.exitCode = 3;
  }
} else {
  console.error('cmrc is not built yet: run `npm run build` in its folder');
  process.exitCode = 3;
}
