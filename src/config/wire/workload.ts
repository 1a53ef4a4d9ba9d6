import { z } from 'zod';
import { checkAnalysisSpec } from '../analysis-spec.ts';
import type { Report } from '../document-source.ts';
import { checkJson, checkPodTemplate } from '../pod-template.ts';
import { documentOf } from './document.ts';
import { exactlyOne } from './exactly-one.ts';
import { expected } from './expected.ts';
import { labelValue, notBuiltYet, objective, objectName, perTier, positiveDuration, words } from './scalars.ts';

const anyMap = z.looseObject({}, { error: expected('a map') }).meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** Hands what a check of ours finds to zod. */
function reportTo(context: z.core.$RefinementCtx): Report {
  return (path, message) => context.addIssue({ code: 'custom', path: [...path], message });
}

const podTemplate = anyMap.superRefine((template, context) => checkPodTemplate(template, [], reportTo(context)));

const podSpec = anyMap.superRefine((spec, context) => checkJson(spec, [], reportTo(context)));

const portName = z
  .string()
  .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, { error: expected('a port name such as http, at most 15 long') })
  .max(15, { error: expected('a port name such as http, at most 15 long') });

const portNumber = z.int().min(1).max(65_535);

const port = z.strictObject({
  name: portName,
  port: portNumber,
  targetPort: z
    .union([portNumber, portName], { error: expected('a port number or the name of a container port') })
    .meta({ 'x-kubernetes-int-or-string': true })
    .optional()
    .describe('Default: the same as port.'),
});

const generate = z.strictObject({
  template: podTemplate.describe(
    'A PodTemplateSpec. Filled in: ${tenant.name}, ${tenant.id}, ${tenant.tier}, ${target.namespace}, ${cluster.name}.',
  ),
  ports: z.array(port).max(32).default([]).describe('Ports of the generated Services. Default: none.'),
  replicas: perTier(z.int().min(1).max(10_000)).describe(
    'Pods of a new target, per tier; never written again afterwards.',
  ),
  tiers: z
    .record(labelValue, podSpec)
    .default({})
    .describe("Fields of the PodSpec laid over the template's, per tier. Default: none."),
  progressDeadlineSeconds: z
    .int()
    .min(1)
    .max(86_400)
    .default(600)
    .describe('Seconds a ReplicaSet may take to make progress. Default: 600.'),
  traffic: notBuiltYet('source.generate.traffic'),
});

const existing = z
  .strictObject({
    rollout: objectName.describe('Name of the Rollout in every namespace of the fleet.'),
    containers: z
      .record(labelValue, labelValue, { error: expected('a map of containers to keys of version.images') })
      .refine((containers) => Object.keys(containers).length > 0, { error: 'expected at least one container' })
      .describe('Container → key of its image in the version.images of a release.'),
    replicas: perTier(z.int().min(1).max(10_000))
      .optional()
      .describe('Pods that the Rollouts have, per tier, for effective weights; never written. Default: not known.'),
  })
  .describe('A Rollout that others made: its images and canary steps are changed, nothing else.');

const selectorText = words.max(2048).describe('A PromQL selector of a counter.');

const slo = exactlyOne(
  {
    name: labelValue,
    good: selectorText.optional(),
    total: selectorText.optional(),
    histogram: words.optional().describe('Name of a classic histogram, without _bucket; may carry a selector.'),
    below: perTier(positiveDuration)
      .optional()
      .describe("Bound of a good request, per tier; one of the histogram's buckets."),
    objective: perTier(objective).describe('Share of good events wanted, per tier, as text.'),
  },
  [
    ['good', 'total'],
    ['histogram', 'below'],
  ],
);

const analysisArg = z
  .strictObject({
    name: words,
    value: z.string().max(1024).optional().describe('May contain the placeholders of a pod template.'),
    valueFrom: z
      .strictObject({ podTemplateHashValue: z.enum(['Latest', 'Stable']) })
      .optional()
      .describe('The pod hash of the new revision, or of the one before.'),
  })
  .refine(({ value, valueFrom }) => (value === undefined) !== (valueFrom === undefined), {
    error: 'expected exactly one of value, valueFrom',
  });

const analysis = z.strictObject({
  name: labelValue,
  template: anyMap
    .superRefine((spec, context) => checkAnalysisSpec(spec, reportTo(context)))
    .describe('The spec of an AnalysisTemplate of Argo Rollouts, as it is.'),
  args: z.array(analysisArg).max(64).default([]).describe('As a Rollout gives them. Default: none.'),
});

/** What is delivered. */
export const workload = documentOf(
  'Workload',
  z.strictObject({
    source: exactlyOne(
      {
        generate: generate.optional().describe('Tidegate writes the Rollout itself.'),
        existing: existing.optional(),
      },
      [['generate'], ['existing']],
    ),
    slos: z
      .array(slo)
      .min(1, { error: 'expected at least one SLO: without one nothing can be proven' })
      .max(16)
      .superRefine((slos, context) => {
        for (const [index, each] of slos.entries()) {
          if (slos.findIndex((other) => other.name === each.name) === index) continue;
          context.addIssue({
            code: 'custom',
            path: [index, 'name'],
            message: `an SLO of this workload is called "${each.name}" already`,
          });
        }
      })
      .describe('Service level objectives: shares of good events of all events.'),
    analyses: z
      .array(analysis)
      .max(8)
      .default([])
      .superRefine((analyses, context) => {
        for (const [index, { name }] of analyses.entries()) {
          if (analyses.findIndex((other) => other.name === name) === index) continue;
          const message = `an analysis of this workload is called "${name}" already`;
          context.addIssue({ code: 'custom', path: [index, 'name'], message });
        }
      })
      .describe("The team's own AnalysisTemplates, asked of every target beside the SLOs. Default: none."),
  }),
).refine(({ metadata }) => /^[a-z]([-a-z0-9]*[a-z0-9])?$/.test(metadata.name), {
  path: ['metadata', 'name'],
  error: 'expected a name of lower case letters, digits and "-" that starts with a letter: Services are called by it',
});
