import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { howToInstall, PrometheusUnavailable } from './prometheus-unavailable.ts';

const run = promisify(execFile);

/** Where the tools are found. */
type Environment = Readonly<Record<string, string | undefined>>;

/** A package of 20 MB, or package lists of 40 MB, on a slow line. */
const DOWNLOAD_DEADLINE_MS = 300_000;

/**
 * Downloads the distribution's package and unpacks it into `folder`: no root, no service. Complete or not there at all, also when two
 * processes do it at the same time.
 *
 * @throws PrometheusUnavailable with the tool's last words
 */
export async function unpackDebianPackage(
  folder: string,
  log: (line: string) => void,
  env: Environment,
): Promise<void> {
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}.`);
  try {
    log(`fetching Prometheus from the distribution’s packages into ${folder} (20 MB, once)`);
    const archive = await download(work, log, env);
    const unpacked = join(work, 'unpacked');
    await tool('dpkg-deb', ['-x', archive, unpacked], work, env);
    await moveInto(unpacked, folder);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** With the host's package lists; where they are absent or stale, with fresh ones in folders of our own. */
async function download(work: string, log: (line: string) => void, env: Environment): Promise<string> {
  try {
    await tool('apt-get', ['download', 'prometheus'], work, env);
  } catch (error) {
    if (!(error instanceof PrometheusUnavailable)) throw error;
    log('the package lists of this host do not have it: fetching fresh lists (nothing on the host is changed)');
    const own = await privateFolders(work);
    await tool('apt-get', [...own, 'update'], work, env);
    await tool('apt-get', [...own, 'download', 'prometheus'], work, env);
  }
  const archive = (await readdir(work)).find((name) => name.endsWith('.deb'));
  if (archive === undefined) throw new PrometheusUnavailable('apt-get download prometheus left no package');
  return join(work, archive);
}

async function privateFolders(work: string): Promise<readonly string[]> {
  const state = join(work, 'state');
  const cache = join(work, 'cache');
  await mkdir(join(state, 'lists', 'partial'), { recursive: true });
  await mkdir(join(cache, 'archives', 'partial'), { recursive: true });
  const options = [`Dir::State=${state}`, `Dir::State::status=/var/lib/dpkg/status`, `Dir::Cache=${cache}`];
  return options.flatMap((option) => ['-o', option]);
}

async function tool(command: string, args: readonly string[], cwd: string, env: Environment): Promise<void> {
  try {
    await run(command, [...args], { cwd, timeout: DOWNLOAD_DEADLINE_MS, env: { ...env, LC_ALL: 'C' } });
  } catch (error) {
    const words = error instanceof Error && 'stderr' in error ? String(error.stderr).trim() : String(error);
    const lastLine = words.split('\n').at(-1) ?? '';
    const message = `${command} ${args.at(-1) ?? ''} failed: ${lastLine}: ${howToInstall}`;
    throw new PrometheusUnavailable(message, { cause: error });
  }
}

/** Another process may have put the same there first. */
async function moveInto(unpacked: string, folder: string): Promise<void> {
  try {
    await rename(unpacked, folder);
  } catch (error) {
    const isThere = await stat(folder).then(
      () => true,
      () => false,
    );
    if (!isThere) throw error;
  }
}
