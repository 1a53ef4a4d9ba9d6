import { z } from 'zod';
import { documentOf } from './document.ts';
import { objectName, pinnedImage, words } from './scalars.ts';
import { tenantSelector } from './selector.ts';

const anything = z.unknown().meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** A summary for people; the truth is in the WaveRuns. */
const releaseStatus = z
  .looseObject({
    phase: z.string().nullable().optional(),
    wave: z.string().nullable().optional().describe('The wave that is under way.'),
    message: z.string().nullable().optional(),
    planHash: z.string().nullable().optional(),
    waitingFor: anything.optional(),
    waves: anything.optional(),
    rollback: anything.optional(),
  })
  .meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** One workload going to one version along one wave plan. */
export const release = documentOf(
  'Release',
  z.strictObject({
    workload: objectName,
    version: z.strictObject({
      name: words.describe('The version as people call it, as text.'),
      images: z
        .record(objectName, pinnedImage)
        .refine((images) => Object.keys(images).length > 0, { error: 'expected an image for at least one container' })
        .meta({ minProperties: 1, maxProperties: 64 })
        .describe('Container to image, pinned by digest.'),
    }),
    plan: objectName.describe('The WavePlan to follow.'),
    scope: z
      .strictObject({ select: tenantSelector })
      .optional()
      .describe('Only these tenants: a hotfix for some, stragglers. Default: every tenant of the workload.'),
  }),
  releaseStatus,
);
