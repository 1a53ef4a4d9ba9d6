import { crdFiles } from '../../config/crd-files.ts';
import type { InputFile } from '../../config/yaml-documents.ts';
import { DAEMON_FILES, SERVICE_MONITOR_FILE } from '../installed-daemon.ts';
import { shippedFiles, shippedText } from '../shipped-objects.ts';
import { ownVersion } from '../version.ts';
import { asTemplate, onlyIf, shippedResources } from './template-edits.ts';

const HEADER = '# Generated from deploy/hub and deploy/target by `npm run generate`; do not edit.\n';
const DEPLOYMENT_FILE = 'hub/deployment.yaml';

/** Every file of the Helm chart, by its path in `deploy/chart`. */
export function chartFiles(): readonly InputFile[] {
  return [
    { path: 'Chart.yaml', text: chartYaml() },
    { path: 'README.md', text: README },
    { path: 'values.yaml', text: valuesYaml() },
    ...templates(),
    { path: 'templates/NOTES.txt', text: NOTES },
    ...crdFiles().map(({ path, text }) => ({ path: `crds/${path}`, text })),
  ];
}

function templates(): readonly InputFile[] {
  const hub = [...shippedFiles('hub'), ...DAEMON_FILES].map((path) => ({
    path,
    text: templateOf(path, ['Namespace']),
  }));
  const monitor = onlyIf('serviceMonitor.enabled', templateOf(SERVICE_MONITOR_FILE, []));
  // the account and its namespace are the hub's
  const target = shippedFiles('target').map((path) => ({
    path,
    text: onlyIf('target.enabled', templateOf(path, ['Namespace', 'ServiceAccount'])),
  }));
  return [...hub, { path: SERVICE_MONITOR_FILE, text: monitor }, ...target].map(({ path, text }) => ({
    path: `templates/${path.replace('/', '-')}`,
    text,
  }));
}

function templateOf(path: string, omitted: readonly string[]): string {
  return HEADER + asTemplate(path, shippedText(path), omitted);
}

function chartYaml(): string {
  return `${HEADER}apiVersion: v2
name: tidegate
description: Releases a workload to many tenants on Kubernetes, wave by wave, and takes back what it broke
type: application
version: ${ownVersion()}
appVersion: ${ownVersion()}
# the policy that people act under their own names
kubeVersion: ">=1.30.0-0"
`;
}

function valuesYaml(): string {
  return `${HEADER}
# Required: the image of the daemon, with a tag or a digest.
image: ""

# One leads, the second takes over; more do nothing.
replicas: 2

# No limit on CPU: a daemon that is throttled loses its lease.
resources:
${shippedResources(shippedText(DEPLOYMENT_FILE))}
# More arguments of \`tidegate daemon\`: ["--lease-duration=30s"]
extraArgs: []

priorityClassName: ""

# For the Prometheus operator; the labels are those that it selects by.
serviceMonitor:
  enabled: false
  labels: {}

# The rights of the daemon in this cluster, where the hub is released to itself.
target:
  enabled: false
`;
}

const README = `# The Helm chart

Generated from \`deploy/hub\`, \`deploy/target\` and \`deploy/crds\` by \`npm run generate\`; do not edit. It installs what
\`tidegate install --image\` does, the namespace apart, which is Helm's. \`values.yaml\` says what can be chosen.

\`\`\`sh
kubectl create namespace tidegate-system
kubectl label namespace tidegate-system pod-security.kubernetes.io/enforce=restricted
helm install tidegate deploy/chart -n tidegate-system --set image=REFERENCE
\`\`\`

Helm installs definitions (\`crds/\`) once and never changes them. Before an upgrade:

\`\`\`sh
kubectl apply --server-side --force-conflicts -f deploy/chart/crds
helm upgrade tidegate deploy/chart -n tidegate-system --reuse-values --set image=REFERENCE
\`\`\`

\`helm uninstall\` leaves the definitions and everything that was declared.
`;

const NOTES = `Tidegate {{ .Chart.AppVersion }} is in {{ .Release.Namespace }}.

  kubectl -n {{ .Release.Namespace }} rollout status deployment/tidegate
  tidegate apply -f FOLDER -n {{ .Release.Namespace }}
  tidegate doctor -n {{ .Release.Namespace }}

Hold the namespace to what its pods keep anyway:
  kubectl label namespace {{ .Release.Namespace }} pod-security.kubernetes.io/enforce=restricted
`;
