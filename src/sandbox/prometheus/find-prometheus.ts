import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';
import { howToInstall, PrometheusUnavailable } from './prometheus-unavailable.ts';
import { unpackDebianPackage } from './unpack-debian-package.ts';

/** Where to look. */
export interface FindPrometheusOptions {
  /** A path that a person named: taken as it is, or an error. */
  readonly bin?: string | undefined;
  /** Progress, one line each. */
  readonly log: (line: string) => void;
  /** `PATH` and `TIDEGATE_CACHE` are read from it. @default process.env */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * The path of a Prometheus binary: named, on the PATH, cached, or unpacked from the distribution's package.
 *
 * @throws PrometheusUnavailable when there is none and none can be had
 */
export async function findPrometheus(options: FindPrometheusOptions): Promise<string> {
  const env = options.env ?? process.env;
  if (options.bin !== undefined) {
    if (await isExecutable(options.bin)) return options.bin;
    throw new PrometheusUnavailable(`--prometheus-bin ${options.bin} is not an executable file`);
  }
  const folders = (env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const cache = join(env['TIDEGATE_CACHE'] ?? join(homedir(), '.cache', 'tidegate'), 'prometheus');
  const cached = join(cache, 'usr', 'bin', 'prometheus');
  for (const candidate of [...folders.map((folder) => join(folder, 'prometheus')), cached]) {
    if (await isExecutable(candidate)) return candidate;
  }
  const missing = await missingTool(folders, ['apt-get', 'dpkg-deb']);
  if (missing !== null)
    throw new PrometheusUnavailable(`no prometheus on the PATH, and no ${missing} to fetch it: ${howToInstall}`);
  await unpackDebianPackage(cache, options.log, env);
  if (await isExecutable(cached)) return cached;
  throw new PrometheusUnavailable(`the package prometheus has no /usr/bin/prometheus: ${howToInstall}`);
}

async function missingTool(folders: readonly string[], tools: readonly string[]): Promise<string | null> {
  for (const tool of tools) {
    const found = await Promise.all(folders.map((folder) => isExecutable(join(folder, tool))));
    if (!found.includes(true)) return tool;
  }
  return null;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
