#!/usr/bin/env node
// Runs Tidegate on Node 24, also where the host has an older one: this file must load on Node 20.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const WANTED_MAJOR = 24;
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];

const path = (relative) => fileURLToPath(new URL(relative, import.meta.url));
const isModern = Number(process.versions.node.split('.')[0]) >= WANTED_MAJOR;
const built = path('../dist/cli/main.js');
const main = existsSync(built) ? built : path('../src/cli/main.ts');

// the first process of a container ends by no signal that nobody listens for; main.ts takes over from here
if (process.pid === 1) {
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(128 + constants.signals[signal]));
}

if (isModern) {
  process.argv[1] = main;
  await import(main);
} else {
  // bundled as an optional dependency: in our own node_modules, or beside us in those of whoever installed us
  const bundled = ['../node_modules/.bin/node', '../../.bin/node'].map(path).find((one) => existsSync(one));
  if (bundled === undefined) {
    process.stderr.write(
      `error: Tidegate needs Node ${WANTED_MAJOR} or newer, this is ${process.version}: install it, or run npm ci without --omit=optional\n`,
    );
    process.exitCode = 1;
  } else restart(bundled);
}

/** The same command line on another Node; signals go down, the exit code comes up. */
function restart(node) {
  const child = spawn(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => {
    process.stderr.write(`error: starting ${node}: ${error.message}\n`);
    process.exitCode = 1;
  });
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}
