import type { ServerAddress } from '../../adapters/kubernetes/index.ts';
import type { JsonObject } from '../../domain/workload.ts';
import { toYaml } from '../../manifests/to-yaml.ts';
import { installedObjects } from '../installed-objects.ts';
import { accessSecretName, kubeconfigText } from './access-secret.ts';
import { clusterObject } from './add-cluster.ts';
import { tokenSecret } from './token-secret.ts';

/** What is printed of a cluster, for whoever keeps manifests in Git. */
export interface PrintedCluster {
  readonly target: readonly JsonObject[];
  readonly hub: readonly JsonObject[];
  /** Makes the hub's Secret out of the target's token, which is for no repository. */
  readonly command: string;
}

/** The token's Secret, where there is one for good. */
const TOKEN_SECRET = 'tidegate-token';
/** Stands for the token, until kubectl puts it there. */
const PLACEHOLDER = 'TOKEN';

/** Everything as objects, and the command for what must not be one. */
export function printedCluster(
  { name, context, metrics, address }: PrintedInput,
  namespace: string,
  hubContext: string | null,
): PrintedCluster {
  const secret = accessSecretName(name);
  const token = tokenSecret(TOKEN_SECRET, namespace) as unknown as JsonObject;
  const kubeconfig = kubeconfigText({ cluster: name, address, token: PLACEHOLDER, clusterUid: null });
  const template = kubeconfig.replace(`token: ${PLACEHOLDER}`, 'token: {{ .data.token | base64decode }}');
  const inHub = hubContext === null ? '' : ` --context ${quoted(hubContext)}`;
  const command = [
    `kubectl --context ${quoted(context)} -n ${namespace} get secret ${TOKEN_SECRET} -o go-template=${quoted(template)} |`,
    `  kubectl${inHub} -n ${namespace} create secret generic ${secret} --from-file=kubeconfig=/dev/stdin`,
  ].join('\n');
  return {
    target: [...installedObjects(namespace, 'target'), token],
    hub: [clusterObject({ name, metrics }, namespace, { secretRef: { name: secret } }) as unknown as JsonObject],
    command,
  };
}

/** What is to be printed. */
export interface PrintedInput {
  readonly name: string;
  readonly context: string;
  readonly metrics: string;
  readonly address: ServerAddress;
}

/** Both parts as one text, each under a line that says where it belongs. */
export function printedText({ target, hub, command }: PrintedCluster, context: string): string {
  return [
    `# 1. for the target cluster (context ${context})`,
    toYaml(target).trimEnd(),
    '---',
    '# 2. for the hub',
    toYaml(hub).trimEnd(),
    '# and the Secret that it names, whose token is for no repository; this makes it, once the first part is there:',
    ...command.split('\n').map((line) => `#   ${line}`),
  ].join('\n');
}

/** For a POSIX shell. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
