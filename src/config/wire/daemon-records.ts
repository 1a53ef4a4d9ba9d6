import { z } from 'zod';
import { documentOf } from './document.ts';

const record = { release: z.string().min(1).max(253), planHash: z.string().min(1).max(128) };

/** A part of a plan, written by the daemon before anything moves. */
export const planSlice = documentOf(
  'PlanSlice',
  z.strictObject({
    ...record,
    index: z.int().min(0).max(100_000).describe('Place of this part, from 0.'),
    count: z.int().min(1).max(100_000).describe('Parts of the plan.'),
    part: z.string().max(1_000_000).describe('A piece of the JSON text of the plan.'),
  }),
);

/** What the daemon decided and saw for up to 100 targets of a wave. */
export const waveRun = documentOf(
  'WaveRun',
  z.strictObject({
    ...record,
    wave: z.string().min(1).max(253),
    index: z.int().min(0).max(100_000).describe('Place of this run among the runs of its wave, from 0.'),
  }),
  z
    .looseObject({
      targets: z
        .array(z.looseObject({}).meta({ 'x-kubernetes-preserve-unknown-fields': true }))
        .optional()
        .describe('In plan order.'),
    })
    .meta({ 'x-kubernetes-preserve-unknown-fields': true }),
);
