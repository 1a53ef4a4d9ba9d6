import { z } from 'zod';
import { documentOf } from './document.ts';
import { exactlyOne } from './exactly-one.ts';
import { expected } from './expected.ts';
import { instantText, labels, labelValue, objectName, words } from './scalars.ts';

const by = words.describe('Who did it; checked against the authenticated user.');

/** A person lets a wave of exactly this plan start. */
export const approval = documentOf(
  'Approval',
  z.strictObject({
    release: objectName,
    planHash: z
      .string()
      .regex(/^[0-9a-f]{64}$/, { error: expected("the plan's hash, 64 hex digits") })
      .describe('Hash of the plan that was read.'),
    wave: labelValue,
    by,
  }),
);

const scope = exactlyOne(
  {
    release: objectName.optional(),
    tier: labelValue.optional(),
    labels: labels
      .refine((given) => Object.keys(given).length > 0, {
        error: 'expected at least one label; use all: true for everybody',
      })
      .optional(),
    tenant: objectName.optional(),
    cluster: objectName.optional(),
    all: z.literal(true).optional(),
  },
  [['release'], ['tier'], ['labels'], ['tenant'], ['cluster'], ['all']],
);

/** A stop on a scope; nothing widens there while it lasts. */
export const freeze = documentOf(
  'Freeze',
  z
    .strictObject({
      scope,
      from: instantText
        .optional()
        .describe('When it begins; a day stands for its first instant in UTC. Default: at once.'),
      until: instantText
        .optional()
        .describe('When it ends; a day stands for its first instant in UTC. Default: when the Freeze is deleted.'),
      reason: words,
      by,
    })
    .refine(
      (spec) => spec.from === undefined || spec.until === undefined || Date.parse(spec.until) > Date.parse(spec.from),
      {
        path: ['until'],
        error: 'a freeze must end after it starts',
      },
    ),
);

/** A person asks for a rollback. */
export const rollback = documentOf(
  'Rollback',
  z.strictObject({
    release: objectName,
    scope: z
      .enum(['inFlight', 'wave', 'release'])
      .describe('inFlight: what is moving now; wave: the current wave; release: everything.'),
    reason: words,
    by,
  }),
);
