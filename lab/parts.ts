import { join } from 'node:path';
import { kubectl } from './kubectl.ts';
import { fakeNode, NODE_NAME } from './kwok-stages.ts';
import type { LabLayout } from './layout.ts';
import { definePart, type Part, type PartOptions } from './part.ts';
import {
  apiserverParameters,
  argoParameters,
  controllerManagerParameters,
  etcdParameters,
  kwokParameters,
  prometheusParameters,
  type RequestRate,
  schedulerParameters,
} from './part-parameters.ts';
import { answers, waitFor } from './wait.ts';

/** The programs of a lab, in the order in which they start. */
export interface LabParts {
  readonly etcd: Part;
  readonly apiserver: Part;
  readonly controllerManager: Part;
  readonly scheduler: Part;
  readonly kwok: Part;
  readonly prometheus: Part;
  readonly argo: Part;
}

export interface PartsContext {
  readonly layout: LabLayout;
  readonly binFolder: string;
  readonly audit: boolean;
  readonly controllerManagerRate: RequestRate;
  readonly argoRate: RequestRate;
  readonly onDeath: (message: string) => void;
  readonly onChange: () => void;
}

const readyLimitMs = 120_000;
const argoReadyLine = 'Started controller';

/** Describes every part of a lab; nothing runs yet. */
export function defineParts(context: PartsContext): LabParts {
  const { layout, onDeath, onChange } = context;
  const { token, caPath } = layout.credentials;
  const part = (program: string, parameters: readonly string[], ready: PartOptions['ready']): Part => {
    const command = join(context.binFolder, program);
    return definePart({ name: program, command, parameters, logFolder: layout.logFolder, ready, onDeath, onChange });
  };
  const whenAnswers = (url: string) => () => waitFor(url, () => answers({ url, token, caPath }), readyLimitMs);
  return {
    etcd: part('etcd', etcdParameters(layout), whenAnswers(`http://127.0.0.1:${layout.etcdPort}/health`)),
    apiserver: part(
      'kube-apiserver',
      apiserverParameters(layout, context.audit),
      whenAnswers(`${layout.server}/readyz`),
    ),
    controllerManager: part(
      'kube-controller-manager',
      controllerManagerParameters(layout, context.controllerManagerRate),
      whenAnswers(`${layout.server}/api/v1/namespaces/default/serviceaccounts/default`),
    ),
    scheduler: part('kube-scheduler', schedulerParameters(layout), () => Promise.resolve()),
    kwok: part('kwok', kwokParameters(layout), () => {
      const node = { url: `${layout.server}/api/v1/nodes/${NODE_NAME}`, token, caPath, holds: '"KubeletReady"' };
      return waitFor('the fake node', () => answers(node), readyLimitMs);
    }),
    prometheus: part(
      'prometheus',
      prometheusParameters(layout),
      whenAnswers(`http://127.0.0.1:${layout.prometheusPort}/-/ready`),
    ),
    argo: part('rollouts-controller', argoParameters(layout, context.argoRate), (logSinceStart) =>
      waitFor('the Argo Rollouts controller', () => logSinceStart().includes(argoReadyLine), readyLimitMs),
    ),
  };
}

/** Starts the parts in order, with the objects they need in between. */
export async function startParts(
  parts: LabParts,
  options: { readonly context: PartsContext; readonly crdFolder: string; readonly withPrometheus: boolean },
): Promise<void> {
  const { layout, binFolder } = options.context;
  const kube = (parameters: readonly string[], input?: object) =>
    kubectl(join(binFolder, 'kubectl'), layout.kubeconfigPath, parameters, input);
  await parts.etcd.start();
  await parts.apiserver.start();
  await Promise.all([
    kube(['apply', '--server-side', '-k', options.crdFolder]),
    kube(['create', '-f', '-'], fakeNode()),
    parts.controllerManager.start(),
    parts.scheduler.start(),
    options.withPrometheus ? parts.prometheus.start() : undefined,
  ]);
  await Promise.all([parts.kwok.start(), argoKindsAreServed(layout).then(() => parts.argo.start())]);
}

/** A definition is applied before its kind is served, and the controller does not wait for it. */
async function argoKindsAreServed(layout: LabLayout): Promise<void> {
  const { token, caPath } = layout.credentials;
  for (const plural of ['rollouts', 'experiments', 'analysisruns', 'analysistemplates', 'clusteranalysistemplates']) {
    const url = `${layout.server}/apis/argoproj.io/v1alpha1/${plural}`;
    await waitFor(url, () => answers({ url, token, caPath }), readyLimitMs);
  }
}
