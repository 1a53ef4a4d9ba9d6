import {
  anyObject,
  anyOfNamed,
  anything,
  integer,
  listOf,
  mapListOf,
  record,
  type Schema,
  text,
  textMap,
} from './schema.ts';

const containerPort = record(
  { ...anyOfNamed('name hostIP hostPort'), containerPort: integer, protocol: { type: 'string', default: 'TCP' } },
  ['containerPort'],
);

const container = record(
  {
    ...anyOfNamed(
      `imagePullPolicy envFrom resources resizePolicy restartPolicy restartPolicyRules volumeDevices livenessProbe
      readinessProbe startupProbe lifecycle terminationMessagePath terminationMessagePolicy securityContext stdin stdinOnce tty
      workingDir targetContainerName`,
    ),
    name: text,
    image: text,
    command: listOf(text),
    args: listOf(text),
    env: mapListOf(record({ name: text, value: text, valueFrom: anyObject }, ['name']), 'name'),
    ports: mapListOf(containerPort, 'containerPort', 'protocol'),
    volumeMounts: mapListOf(anyObject, 'mountPath'),
  },
  ['name'],
);

/** `spec` of a Pod. Members that we never look into are of any shape; unknown ones are still found. */
export const podSpec: Schema = record(
  {
    ...anyOfNamed(
      `activeDeadlineSeconds affinity automountServiceAccountToken dnsConfig dnsPolicy enableServiceLinks hostAliases hostIPC
      hostNetwork hostPID hostUsers hostname hostnameOverride imagePullSecrets nodeName nodeSelector os overhead
      preemptionPolicy priority priorityClassName readinessGates resourceClaims resources restartPolicy runtimeClassName
      schedulerName schedulingGates securityContext serviceAccount serviceAccountName setHostnameAsFQDN shareProcessNamespace
      subdomain terminationGracePeriodSeconds tolerations topologySpreadConstraints`,
    ),
    containers: mapListOf(container, 'name'),
    initContainers: mapListOf(container, 'name'),
    ephemeralContainers: mapListOf(container, 'name'),
    volumes: mapListOf(anyObject, 'name'),
  },
  ['containers'],
);

/** `spec.template` of built-in kinds that make pods. */
export const podTemplate: Schema = record({
  metadata: record({
    ...anyOfNamed('name namespace creationTimestamp finalizers'),
    labels: textMap,
    annotations: textMap,
  }),
  spec: podSpec,
});

/** `spec.template` of a Rollout: its CRD knows labels and annotations alone, and says nothing of volumes, so they are atomic. */
export const rolloutPodTemplate: Schema = record({
  metadata: record({ labels: textMap, annotations: textMap }),
  spec: { ...podSpec, properties: { ...podSpec.properties, volumes: anything } },
});
