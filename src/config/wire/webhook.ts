import { z } from 'zod';
import { documentOf } from './document.ts';
import { exactlyOne } from './exactly-one.ts';
import { expected } from './expected.ts';
import { labels, labelValue, objectName } from './scalars.ts';

const secretKey = z
  .string()
  .regex(/^[-._a-zA-Z0-9]{1,253}$/, { error: expected('the key of an entry of the Secret, such as url') });

/** A Secret beside the object: another namespace's could be read by whoever may write a Webhook. */
const secretEntry = (key: string) =>
  z
    .strictObject({
      name: objectName,
      key: secretKey.default(key).describe(`The entry of the Secret. Default: ${key}.`),
    })
    .describe("A Secret on the hub, in this object's namespace.");

const names = (what: z.ZodType<string>, spoken: string) =>
  z
    .array(what)
    .min(1, { error: `expected at least one; leave the field out for ${spoken}` })
    .max(64)
    .optional();

const scope = z
  .strictObject({
    releases: names(objectName, 'every release').describe('Only these releases. Default: all.'),
    workloads: names(objectName, 'every workload').describe('Only releases of these workloads. Default: all.'),
    waves: names(labelValue, 'every wave').describe(
      'Only what is about these waves, or about a release as a whole. Default: all.',
    ),
    tiers: names(labelValue, 'every tier').describe('Only waves that hold a tenant of these tiers. Default: all.'),
    labels: labels
      .refine((given) => Object.keys(given).length > 0, {
        error: 'expected at least one label; leave the field out for all tenants',
      })
      .optional()
      .describe('Only waves that hold a tenant with all of these labels. Default: all.'),
  })
  .describe('Which news; every part that is given must match. Default: all.');

/** Somebody outside who wants to be told how releases go. */
export const webhook = documentOf(
  'Webhook',
  exactlyOne(
    {
      url: z
        .string()
        .regex(/^https?:\/\/[^\s/@\\]+(\/[^\s\\]*)?$/, {
          error: expected('an address without credentials such as https://alerts.example.com/tidegate'),
        })
        .max(1024)
        .optional()
        .describe('Where news are posted. An address that is a secret itself belongs into urlFrom.'),
      urlFrom: z
        .strictObject({ secretRef: secretEntry('url') })
        .optional()
        .describe('The address, out of a Secret.'),
      format: z
        .enum(['json', 'slack', 'cloudevents'])
        .default('json')
        .describe('json: ours; slack: a message for people; cloudevents: CloudEvents 1.0, structured. Default: json.'),
      signing: z
        .strictObject({ secretRef: secretEntry('key') })
        .optional()
        .describe('Bodies are signed with this key, HMAC-SHA256 in X-Tidegate-Signature. Default: not signed.'),
      severity: z
        .enum(['detail', 'info', 'warning', 'error'])
        .default('info')
        .describe('The least that is told; from warning on a person has to act. Default: info.'),
      scope: scope.optional(),
      allowPrivate: z
        .boolean()
        .default(false)
        .describe('Whether the address may be loopback or private, as a receiver in the cluster is. Default: false.'),
    },
    [['url'], ['urlFrom']],
  ),
  z
    .looseObject({
      deliveredAt: z.string().optional().describe('When something was delivered last.'),
      failure: z.string().optional().describe('Why the last delivery failed; none after one that went well.'),
      told: z
        .array(z.looseObject({}).meta({ 'x-kubernetes-preserve-unknown-fields': true }))
        .optional()
        .describe('Up to where the news of each release were told.'),
    })
    .meta({ 'x-kubernetes-preserve-unknown-fields': true }),
);
