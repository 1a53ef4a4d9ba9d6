import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { aptRepository } from './apt-repository.ts';
import type { Builder } from './builder.ts';

/** What the tests build on. */
export const BASE_IMAGE = 'localhost/tidegate-test-base';

/** Certificates that this host trusts beyond the usual ones; the registry of packages may need them. */
const EXTRA_CERTIFICATES = process.env['NODE_EXTRA_CA_CERTS'];
const CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** Makes an image with Node 24 and npm, as `node:24-slim` is, from Debian's packages and the Node that runs this. */
export function buildBase(builder: Builder, folder: string): void {
  const root = join(folder, 'root');
  const repository = aptRepository();
  if (repository === null) throw new Error('building the base image: apt was told of no repository');
  const { codename, uri } = repository;
  execFileSync('debootstrap', ['--variant=minbase', '--include=ca-certificates,libstdc++6', codename, root, uri], {
    stdio: 'ignore',
  });
  const bin = join(root, 'usr/local/bin');
  const modules = join(root, 'usr/local/lib/node_modules');
  mkdirSync(modules, { recursive: true });
  copyFileSync(process.execPath, join(bin, 'node'));
  cpSync(npmFolder(), join(modules, 'npm'), { recursive: true, dereference: true });
  symlinkSync('../lib/node_modules/npm/bin/npm-cli.js', join(bin, 'npm'));
  const container = builder.run('from', 'scratch');
  if (EXTRA_CERTIFICATES !== undefined) {
    copyFileSync(EXTRA_CERTIFICATES, join(root, CERTIFICATES));
    builder.run('config', '--env', `NODE_EXTRA_CA_CERTS=${CERTIFICATES}`, container);
  }
  builder.run('copy', '--quiet', container, root, '/');
  builder.run('commit', '--quiet', '--rm', container, BASE_IMAGE);
}

/** The folder of the npm that is on the PATH. */
function npmFolder(): string {
  const found = (process.env['PATH'] ?? '')
    .split(':')
    .map((place) => join(place, 'npm'))
    .find((path) => existsSync(path));
  if (found === undefined) throw new Error('building the base image: there is no npm on the PATH');
  return dirname(dirname(realpathSync(found)));
}
