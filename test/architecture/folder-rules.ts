/** What one folder of `src/` may import, itself apart. */
export interface FolderRule {
  /** Folders, directly; what those may import comes along. */
  readonly folders: readonly string[];
  /** npm packages, by this folder itself. */
  readonly packages: readonly string[];
  /** Whether `node:*` may be imported. */
  readonly node: boolean;
}

const pure = (folders: readonly string[], packages: readonly string[] = []): FolderRule => ({
  folders,
  packages,
  node: false,
});
const shell = (folders: readonly string[], packages: readonly string[] = []): FolderRule => ({
  folders,
  packages,
  node: true,
});

const PURE = ['config', 'release'];

/** The import table. A folder that is not in it may not exist. */
export const folderRules: Readonly<Record<string, FolderRule>> = {
  domain: pure([]),
  config: pure(['domain'], ['yaml', 'zod']),
  analysis: pure(['domain'], ['@prometheus-io/lezer-promql']),
  manifests: pure(['analysis'], ['yaml']),
  planning: pure(['manifests'], ['@noble/hashes', 'luxon']),
  release: pure(['planning'], ['@noble/hashes']),
  ports: pure(['release']),
  controller: pure(['release', 'ports'], ['p-limit']),
  'adapters/clock': shell(['ports']),
  'adapters/events': pure([...PURE, 'ports']),
  'adapters/files': shell(['config']),
  'adapters/hub': pure([...PURE, 'ports'], ['zod']),
  'adapters/kubernetes': shell([...PURE, 'ports'], ['@kubernetes/client-node', 'undici', 'yaml', 'zod']),
  'adapters/prometheus': shell([...PURE, 'ports'], ['prometheus-query', 'p-limit', 'zod']),
  'adapters/webhook': shell([...PURE, 'ports'], ['undici', 'zod']),
  sandbox: shell(['analysis', 'ports'], ['yaml']),
  api: shell([...PURE, 'controller', 'ports'], ['prom-client']),
  cli: shell(
    [
      ...PURE,
      'api',
      'controller',
      'sandbox',
      'adapters/clock',
      'adapters/events',
      'adapters/files',
      'adapters/hub',
      'adapters/kubernetes',
      'adapters/prometheus',
      'adapters/webhook',
    ],
    ['commander', 'log-update', 'luxon', 'p-limit', 'picocolors', 'pino', 'yaml', 'zod'],
  ),
};

/** Scripts inside a folder that runs without them: they may use `node:*`, and nothing imports them. */
export const scripts: ReadonlySet<string> = new Set(['src/config/generate.ts']);

/** The folders whose code takes data and gives data. */
export const pureFolders: readonly string[] = ['domain', 'config', 'analysis', 'manifests', 'planning', 'release'];

/** The folder and everything it may import, transitively. */
export function allowedFolders(folder: string): ReadonlySet<string> {
  const allowed = new Set([folder]);
  for (const name of allowed) for (const next of folderRules[name]?.folders ?? []) allowed.add(next);
  return allowed;
}

/** `release` of `src/release/decide.ts`, `adapters/hub` of `src/adapters/hub/hub-store.ts`. */
export function folderOf(path: string): string {
  const [, first = '', second = ''] = path.split('/');
  return first === 'adapters' ? `${first}/${second}` : first;
}
