import { randomUUID } from 'node:crypto';
import type { Send } from './http-client.ts';

/** An API server that serves Rollouts and our kinds. No controller touches Rollouts in it. */
export interface AnswersWorld {
  readonly send: Send;
  stop(): Promise<void>;
}

/** Gives the world of the running suite. */
export type TheWorld = () => AnswersWorld;

/** A place of the test's own, and the paths in it. */
export interface Place {
  readonly namespace: string;
  readonly leases: string;
  readonly rollouts: string;
  readonly releases: string;
  readonly services: string;
}

/** Makes a namespace. */
export async function newPlace(send: Send): Promise<Place> {
  const namespace = `answers-${randomUUID().slice(0, 8)}`;
  const made = await send('POST', '/api/v1/namespaces', {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: namespace },
  });
  if (made.status !== 201) throw new Error(`making a namespace: ${made.status}`);
  return {
    namespace,
    leases: `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`,
    rollouts: `/apis/argoproj.io/v1alpha1/namespaces/${namespace}/rollouts`,
    releases: `/apis/tidegate.dev/v1alpha1/namespaces/${namespace}/releases`,
    services: `/api/v1/namespaces/${namespace}/services`,
  };
}

/** A Lease. */
export function lease(name: string, spec: object = { leaseDurationSeconds: 15 }, metadata: object = {}): object {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name, ...metadata }, spec };
}

/** A Rollout that is valid, but for what is put into its spec. */
export function rollout(name: string, spec: object = {}): object {
  const labels = { app: name };
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Rollout',
    metadata: { name },
    spec: {
      replicas: 1,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'app', image: 'registry.example/app:1' }] } },
      strategy: { canary: {} },
      ...spec,
    },
  };
}

/** A Release that is valid, but for what is put into its spec. */
export function release(name: string, spec: object = {}): object {
  const images = { app: `registry.example/app@sha256:${'a'.repeat(64)}` };
  return {
    apiVersion: 'tidegate.dev/v1alpha1',
    kind: 'Release',
    metadata: { name },
    spec: { workload: 'app', version: { name: '1', images }, plan: 'quick', ...spec },
  };
}
