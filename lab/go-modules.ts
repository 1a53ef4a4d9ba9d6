import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** One program of the lab: its file name, the Go module folder that pins it, its package. */
export interface Program {
  readonly name: string;
  readonly moduleFolder: string;
  readonly goPackage: string;
}

const goFolder = join(import.meta.dirname, 'go');
const moduleNames = ['control-plane', 'etcd', 'kwok', 'prometheus'] as const;

const program = (name: string, moduleName: (typeof moduleNames)[number], goPackage: string): Program => ({
  name,
  moduleFolder: join(goFolder, moduleName),
  goPackage,
});

/** Every program the lab can build, in the order in which they are built. */
export const programs: readonly Program[] = [
  program('etcd', 'etcd', 'go.etcd.io/etcd/server/v3'),
  program('kube-apiserver', 'control-plane', 'k8s.io/kubernetes/cmd/kube-apiserver'),
  program('kube-controller-manager', 'control-plane', 'k8s.io/kubernetes/cmd/kube-controller-manager'),
  program('kube-scheduler', 'control-plane', 'k8s.io/kubernetes/cmd/kube-scheduler'),
  program('kubectl', 'control-plane', 'k8s.io/kubernetes/cmd/kubectl'),
  program('rollouts-controller', 'control-plane', 'github.com/argoproj/argo-rollouts/cmd/rollouts-controller'),
  program('kubectl-argo-rollouts', 'control-plane', 'github.com/argoproj/argo-rollouts/cmd/kubectl-argo-rollouts'),
  program('kwok', 'kwok', 'sigs.k8s.io/kwok/cmd/kwok'),
  program('prometheus', 'prometheus', 'github.com/prometheus/prometheus/cmd/prometheus'),
];

/** What tells how Argo evaluates a condition: a program of our own over its packages, named by its source. */
export function expressionOracle(): Program {
  const hash = createHash('sha256');
  const folder = join(goFolder, 'control-plane', 'expression-oracle');
  for (const file of ['main.go', 'linkname.s']) hash.update(readFileSync(join(folder, file)));
  return program(`expression-oracle-${hash.digest('hex').slice(0, 16)}`, 'control-plane', './expression-oracle');
}

/** Folders of manifests that are read from a Go module's source and kept beside the programs. */
export const manifestFolders = [
  {
    name: 'argo-rollouts-crds',
    moduleFolder: join(goFolder, 'control-plane'),
    module: 'github.com/argoproj/argo-rollouts',
    path: 'manifests/crds',
  },
  { name: 'kwok-stages', moduleFolder: join(goFolder, 'kwok'), module: 'sigs.k8s.io/kwok', path: 'kustomize/stage' },
] as const;

/** The lab's own folder in the cache: `${TIDEGATE_CACHE:-~/.cache/tidegate}/lab`. */
export function labCacheFolder(): string {
  return join(process.env['TIDEGATE_CACHE'] ?? join(homedir(), '.cache', 'tidegate'), 'lab');
}

/** Where the programs of exactly these go.mod and go.sum files are kept. */
export function buildFolder(): string {
  const hash = createHash('sha256');
  for (const name of moduleNames) {
    for (const file of ['go.mod', 'go.sum']) hash.update(readFileSync(join(goFolder, name, file)));
  }
  return join(labCacheFolder(), hash.digest('hex').slice(0, 16));
}
