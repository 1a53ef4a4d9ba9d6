import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Inventory } from '../config/inventory.ts';

const TRAFFIC_FILE = 'sandbox.traffic';

/** The worked example that comes with the package, as seen from where we are. */
export function exampleFolder(): string {
  const folder = fileURLToPath(new URL('../../waves', import.meta.url));
  const near = relative(process.cwd(), folder);
  return near.startsWith('..') || near === '' ? folder : near;
}

/** The traffic file of the first folder that has one. */
export function defaultTraffic(files: readonly string[]): string | null {
  return files.map((folder) => join(folder, TRAFFIC_FILE)).find((path) => existsSync(path)) ?? null;
}

/** What there is, and what to try in another shell. */
export function nextSteps(sandbox: {
  readonly kubeconfigPath: string;
  readonly clusters: readonly string[];
  readonly inventory: Inventory;
  readonly files: readonly string[];
  readonly prometheusUrl: string | null;
}): readonly string[] {
  const { inventory, clusters, files } = sandbox;
  const tidegate = process.argv[1]?.endsWith('.ts') === true ? 'npm run -s tidegate --' : 'tidegate';
  const start = existsSync(join(files[0] ?? '', 'releases', 'storefront-4.12.0.yaml'))
    ? join(files[0] ?? '', 'releases', 'storefront-4.12.0.yaml')
    : 'RELEASE.yaml';
  return [
    `the sandbox runs: ${clusters.length - 1} clusters and a hub, ${inventory.fleet.tenants.length} tenants, ${sandbox.prometheusUrl === null ? 'no Prometheus' : `Prometheus at ${sandbox.prometheusUrl}`}`,
    '',
    'in another shell:',
    `  export KUBECONFIG=${sandbox.kubeconfigPath}`,
    `  ${tidegate} daemon &`,
    `  ${tidegate} release start -f ${start}`,
    `  ${tidegate} release watch`,
    '',
    'Ctrl-C ends it',
  ];
}
