import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { aptRepository } from './apt-repository.ts';

/** Builds and runs images; all of them go with its folder. */
export interface Builder {
  /** Runs one command and answers its stdout. @throws Error with the end of stderr when it fails */
  readonly run: (...parameters: readonly string[]) => string;
  /** Runs one command beside the test. */
  readonly start: (...parameters: readonly string[]) => ChildProcess;
}

const LIMIT_MS = 900_000;

/** What is missing to build an image here; `null`: nothing. */
export function missingBuilder(): string | null {
  if (process.platform !== 'linux') return 'images are built on Linux only';
  if (process.getuid?.() !== 0) return 'buildah with chroot isolation needs root';
  const absent = ['buildah', 'debootstrap'].filter((name) => spawnSync(name, ['--version']).error !== undefined);
  if (absent.length > 0) return `${absent.join(' and ')} not found: apt-get install buildah debootstrap`;
  return aptRepository() === null ? 'apt was told of no repository to make a base image from' : null;
}

/** A builder that keeps everything in a folder. */
export function createBuilder(folder: string): Builder {
  const own = ['--root', join(folder, 'storage'), '--runroot', join(folder, 'run')];
  const env = { ...process.env, BUILDAH_ISOLATION: 'chroot', STORAGE_DRIVER: 'vfs' };
  return {
    run(...parameters) {
      const done = spawnSync('buildah', [...own, ...parameters], { env, encoding: 'utf8', timeout: LIMIT_MS });
      if (done.status !== 0)
        throw new Error(`buildah ${parameters.join(' ')}: exit ${done.status}: ${done.stderr.slice(-2_000)}`);
      return done.stdout.trim();
    },
    start: (...parameters) => spawn('buildah', [...own, ...parameters], { env, stdio: ['ignore', 'pipe', 'pipe'] }),
  };
}
