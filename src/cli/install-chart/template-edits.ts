/** One text of a shipped file that becomes a placeholder; it is there once. */
interface Edit {
  readonly from: string;
  readonly to: string;
}

const RELEASE_NAMESPACE = '{{ .Release.Namespace }}';

const DEPLOYMENT: readonly Edit[] = [
  { from: '  replicas: 2\n', to: '  replicas: {{ .Values.replicas }}\n' },
  { from: ' image: IMAGE\n', to: ' image: {{ required "set image, with a tag or a digest" .Values.image | quote }}\n' },
  {
    from: '            - --listen=0.0.0.0:9410\n',
    to: `            - --listen=0.0.0.0:9410
            {{- range .Values.extraArgs }}
            - {{ . | quote }}
            {{- end }}
`,
  },
  {
    from: '      enableServiceLinks: false\n',
    to: `      enableServiceLinks: false
      {{- if .Values.priorityClassName }}
      priorityClassName: {{ .Values.priorityClassName | quote }}
      {{- end }}
`,
  },
];

const SERVICE_MONITOR: readonly Edit[] = [
  {
    from: '  namespace: {{ .Release.Namespace }}\n',
    to: `  namespace: {{ .Release.Namespace }}
  {{- if .Values.serviceMonitor.labels }}
  labels:
    {{- toYaml .Values.serviceMonitor.labels | nindent 4 }}
  {{- end }}
`,
  },
];

/** The edits of single files; the namespace is edited in all. */
const EDITS: ReadonlyMap<string, readonly Edit[]> = new Map([
  ['hub/deployment.yaml', DEPLOYMENT],
  ['hub/service-monitor.yaml', SERVICE_MONITOR],
]);

const RESOURCES = /( {10}resources:\n)((?: {12,}.*\n)+)/;

/** A shipped file as a template of the chart, without the objects of some kinds. @throws Error when a place that becomes a placeholder is not there */
export function asTemplate(path: string, text: string, omitted: readonly string[]): string {
  if (text.includes('{{')) throw new Error(`making the chart: deploy/${path} has {{ in it, which Helm would read`);
  const documents = text.split(/^---\n/m).filter((document) => !omitted.includes(kindOf(document)));
  const placed = documents.map(withPlace).join('---\n');
  const filled = (EDITS.get(path) ?? []).reduce(edited, placed);
  return path === 'hub/deployment.yaml' ? withResources(filled) : filled;
}

/** The resources that the shipped Deployment asks for, as they stand there without their indentation. @throws Error when it asks for none */
export function shippedResources(deployment: string): string {
  const lines = RESOURCES.exec(deployment)?.[2];
  if (lines === undefined) throw new Error('making the chart: the resources of the daemon are not there');
  return lines.replaceAll(/^ {10}/gm, '');
}

/** A template that is rendered where a value says so. */
export function onlyIf(value: string, template: string): string {
  return `{{- if .Values.${value} }}\n${template}{{- end }}\n`;
}

/** A cluster may be the target of several hubs: a binding carries the name of its namespace, as with `tidegate install`. */
function withPlace(document: string): string {
  const named =
    kindOf(document) === 'ClusterRoleBinding'
      ? document.replace(
          /^( {2}name: \S+)$/m,
          `$1{{ if ne .Release.Namespace "tidegate-system" }}-${RELEASE_NAMESPACE}{{ end }}`,
        )
      : document;
  return named.replaceAll(' namespace: tidegate-system\n', ` namespace: ${RELEASE_NAMESPACE}\n`);
}

function kindOf(document: string): string {
  return /^kind: (\w+)$/m.exec(document)?.[1] ?? '';
}

function edited(text: string, { from, to }: Edit): string {
  const found = text.split(from).length - 1;
  if (found !== 1) throw new Error(`making the chart: ${JSON.stringify(from)} is there ${found} times`);
  return text.replace(from, () => to);
}

function withResources(text: string): string {
  return text.replace(
    RESOURCES,
    (_, head: string) => `${head}            {{- toYaml .Values.resources | nindent 12 }}\n`,
  );
}
