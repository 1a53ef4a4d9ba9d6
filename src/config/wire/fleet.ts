import { z } from 'zod';
import { documentOf } from './document.ts';
import { exactlyOne } from './exactly-one.ts';
import { expected } from './expected.ts';
import { instantText, labelValue, namespaceName, objectName, positiveDuration, words } from './scalars.ts';

const secretRef = z
  .strictObject({
    name: objectName,
    namespace: namespaceName.optional().describe("Namespace of the Secret. Default: this object's."),
  })
  .describe('A Secret on the hub.');

const labelName = z
  .string()
  .regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, { error: expected('a Prometheus label name such as tenant_id') })
  .max(128);

const revision = exactlyOne(
  {
    label: labelName.optional().describe('A label that holds the pod template hash.'),
    podName: z
      .literal(true, { error: expected('true, or leave it out and give label') })
      .optional()
      .describe('The hash is cut out of the name of the pod, in the label "pod".'),
  },
  [['label'], ['podName']],
);

const clusterTemplate = z
  .string()
  .max(256)
  .refine((value) => [...value.matchAll(/\$\{([^}]*)\}/g)].every((found) => found[1] === 'cluster.name'), {
    error: 'expected text in which only ${cluster.name} is filled in',
  });

/** Where SLO data is: a Prometheus-compatible server. */
export const metricSource = documentOf(
  'MetricSource',
  z.strictObject({
    url: z
      .string()
      .regex(/^https?:\/\/[^\s/]+/, { error: expected('an address such as http://prometheus:9090') })
      .max(1024)
      .describe('Base address of the HTTP API.'),
    auth: z.strictObject({ secretRef }).optional().describe('Bearer, basic or client certificate. Default: none.'),
    headers: z.record(z.string(), z.string()).default({}).describe('Sent with every query, such as X-Scope-OrgID.'),
    matchers: z
      .record(labelName, clusterTemplate)
      .default({})
      .describe('Added to every selector; a value may contain ${cluster.name}.'),
    labels: z
      .strictObject({
        tenant: labelName.describe('The label that names the tenant.'),
        revision: revision.optional().describe('What tells versions apart. Default: nothing does.'),
      })
      .describe('What the labels of the series mean.'),
    scrapeInterval: positiveDuration.default('15s').describe('How often the source scrapes. Default: 15s.'),
  }),
);

/** A Kubernetes cluster that holds targets. */
export const cluster = documentOf(
  'Cluster',
  z.strictObject({
    access: exactlyOne(
      {
        context: words.optional().describe("A context of the daemon's kubeconfig."),
        secretRef: secretRef.optional(),
        inCluster: z.literal(true).optional().describe('The cluster that the daemon runs in.'),
      },
      [['context'], ['secretRef'], ['inCluster']],
    ).describe("Where the cluster's API is."),
    metrics: objectName.describe("The MetricSource that has its tenants' data."),
  }),
);

/** One shared deployment that serves many tenants. */
export const pool = documentOf('Pool', z.strictObject({ cluster: objectName, namespace: namespaceName }));

const placement = exactlyOne(
  {
    pool: objectName.optional(),
    cluster: objectName.optional(),
    namespace: namespaceName.optional(),
    workloads: z
      .array(objectName)
      .min(1, { error: 'expected at least one workload; leave the field out for all of them' })
      .optional()
      .describe('Only these workloads. Default: all.'),
  },
  [['pool'], ['cluster', 'namespace']],
);

/** A customer. */
export const tenant = documentOf(
  'Tenant',
  z.strictObject({
    id: words.optional().describe("Its value of the source's tenant label. Default: the name."),
    tier: labelValue
      .refine((tier) => tier !== 'default', {
        error: 'a tier cannot be called "default": that word serves all other tiers',
      })
      .describe('Its plan, such as free, business, enterprise.'),
    weight: z.number().min(0).default(1).describe('Seats, revenue: whatever exposure is weighed by. Default: 1.'),
    placements: z
      .array(placement, { error: expected('at least one placement, {pool: …} or {cluster: …, namespace: …}') })
      .min(1, { error: 'a tenant needs a place: expected {pool: …} or {cluster: …, namespace: …}' })
      .max(64)
      .describe('Where it is served.'),
    hold: z
      .strictObject({
        version: words.describe('The version it keeps, as text.'),
        reason: words,
        until: instantText
          .optional()
          .describe('When the hold ends; a day stands for its first instant in UTC. Default: when it is taken out.'),
      })
      .optional()
      .describe('Pins the tenant to the version it has.'),
  }),
);
