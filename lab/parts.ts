import { join } from 'node:path';
import { kubectl } from './kubectl.ts';
import { fakeNode, NODE_NAME } from './kwok-stages.ts';
import type { ClusterLayout, LabLayout } from './layout.ts';
import { definePart, type Part, type PartOptions } from './part.ts';
import {
  apiserverParameters,
  argoParameters,
  controllerManagerParameters,
  etcdParameters,
  kwokParameters,
  prometheusParameters,
  schedulerParameters,
} from './part-parameters.ts';
import type { RequestRates } from './request-rates.ts';
import { answers, waitFor } from './wait.ts';

/** The programs that all clusters of a lab share. */
export interface SharedParts {
  readonly etcd: Part;
  readonly prometheus: Part;
}

/** The programs of one cluster. */
export interface ClusterParts {
  readonly apiserver: Part;
  readonly controllerManager: Part;
  readonly scheduler: Part;
  readonly kwok: Part;
  readonly argo: Part;
}

/** Every program of a lab. */
export interface LabParts {
  readonly shared: SharedParts;
  /** In the order of the layout. */
  readonly clusters: readonly ClusterParts[];
}

export interface PartsContext {
  readonly layout: LabLayout;
  readonly binFolder: string;
  readonly audit: boolean;
  readonly rates: RequestRates;
  readonly onDeath: (message: string) => void;
  readonly onChange: () => void;
}

type Define = (program: string, parameters: readonly string[], ready: PartOptions['ready']) => Part;

const readyLimitMs = 120_000;
const argoReadyLine = 'Started controller';

/** Describes every part of a lab; nothing runs yet. */
export function defineParts(context: PartsContext): LabParts {
  const { layout } = context;
  const define = definer(context, (program) => program);
  const whenAnswers = (what: string, url: string) => () => waitFor(what, () => answers({ url }), readyLimitMs);
  return {
    shared: {
      etcd: define('etcd', etcdParameters(layout), whenAnswers('etcd', `http://127.0.0.1:${layout.etcdPort}/health`)),
      prometheus: define(
        'prometheus',
        prometheusParameters(layout),
        whenAnswers('Prometheus', `http://127.0.0.1:${layout.prometheusPort}/-/ready`),
      ),
    },
    clusters: layout.clusters.map((cluster) => defineCluster(context, cluster)),
  };
}

function defineCluster(context: PartsContext, cluster: ClusterLayout): ClusterParts {
  const { layout, rates, audit } = context;
  const isAlone = layout.clusters.length === 1;
  const define = definer(context, (program) => (isAlone ? program : `${program}-of-${cluster.name}`));
  const whenAnswers = (path: string, holds?: string) => () => waitForAnswer(cluster, path, holds);
  return {
    apiserver: define('kube-apiserver', apiserverParameters(layout, cluster, audit), whenAnswers('/readyz')),
    controllerManager: define(
      'kube-controller-manager',
      controllerManagerParameters(cluster, rates.controllerManager),
      whenAnswers('/api/v1/namespaces/default/serviceaccounts/default'),
    ),
    scheduler: define('kube-scheduler', schedulerParameters(cluster, rates.scheduler), () => Promise.resolve()),
    kwok: define('kwok', kwokParameters(layout, cluster), whenAnswers(`/api/v1/nodes/${NODE_NAME}`, '"KubeletReady"')),
    argo: define('rollouts-controller', argoParameters(cluster, rates.argo), (logSinceStart) =>
      waitFor('the Argo Rollouts controller', () => logSinceStart().includes(argoReadyLine), readyLimitMs),
    ),
  };
}

function definer({ binFolder, layout, onDeath, onChange }: PartsContext, nameOf: (program: string) => string): Define {
  const { logFolder } = layout;
  return (program, parameters, ready) =>
    definePart({
      name: nameOf(program),
      command: join(binFolder, program),
      parameters,
      logFolder,
      ready,
      onDeath,
      onChange,
    });
}

/** Starts the parts in order, with the objects they need in between. */
export async function startParts(
  { shared, clusters }: LabParts,
  options: { readonly context: PartsContext; readonly crdFolder: string; readonly withPrometheus: boolean },
): Promise<void> {
  const { layout } = options.context;
  await shared.etcd.start();
  await Promise.all([
    options.withPrometheus ? shared.prometheus.start() : undefined,
    ...layout.clusters.map((cluster, index) => startCluster(clusters[index]!, cluster, options)),
  ]);
}

async function startCluster(
  parts: ClusterParts,
  cluster: ClusterLayout,
  { context, crdFolder }: { readonly context: PartsContext; readonly crdFolder: string },
): Promise<void> {
  const kube = (parameters: readonly string[], input?: object) =>
    kubectl(join(context.binFolder, 'kubectl'), cluster.kubeconfigPath, parameters, input);
  await parts.apiserver.start();
  await Promise.all([
    kube(['apply', '--server-side', '-k', crdFolder]),
    kube(['create', '-f', '-'], fakeNode()),
    parts.controllerManager.start(),
    parts.scheduler.start(),
  ]);
  await Promise.all([parts.kwok.start(), argoKindsAreServed(cluster).then(() => parts.argo.start())]);
}

/** A definition is applied before its kind is served, and the controller does not wait for it. */
async function argoKindsAreServed(cluster: ClusterLayout): Promise<void> {
  for (const plural of ['rollouts', 'experiments', 'analysisruns', 'analysistemplates', 'clusteranalysistemplates'])
    await waitForAnswer(cluster, `/apis/argoproj.io/v1alpha1/${plural}`);
}

function waitForAnswer({ name, server, credentials }: ClusterLayout, path: string, holds?: string): Promise<void> {
  const { token, caPath } = credentials;
  const probe = { url: `${server}${path}`, token, caPath, ...(holds === undefined ? {} : { holds }) };
  return waitFor(`${path} of cluster ${name}`, () => answers(probe), readyLimitMs);
}
