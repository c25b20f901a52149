#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/cli/main.js', import.meta.url);
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
