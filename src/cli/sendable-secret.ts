import { TerminalError } from '../domain/errors.ts';
import type { KubernetesObject } from '../ports/kubernetes-api.ts';

const ACCOUNT_TOKEN = 'kubernetes.io/service-account-token';

/**
 * The Secret, unless it is the token of an account of the hub. Whoever may declare a MetricSource chooses the address that a Secret is
 * sent to: it shall not be a way to the account of somebody else.
 *
 * @param what `reading the credentials of metric source prom-eu`
 * @throws TerminalError for the token of an account
 */
export function sendableSecret(secret: KubernetesObject, what: string): KubernetesObject {
  if (secret['type'] !== ACCOUNT_TOKEN) return secret;
  const { name, namespace = '' } = secret.metadata;
  throw new TerminalError(
    `${what}: secret ${namespace}/${name} is the token of an account (${ACCOUNT_TOKEN}), which is sent nowhere: copy what is meant into a Secret of its own`,
  );
}
