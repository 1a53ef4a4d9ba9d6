import { z } from 'zod';
import { labels, labelValue } from './scalars.ts';

const terms = {
  tier: labelValue.optional().describe('Tenants of this tier.'),
  tiers: z.array(labelValue).min(1).max(32).optional().describe('Tenants of any of these tiers.'),
  labels: labels.optional().describe('Tenants that carry all of these labels.'),
};

const oneTier = (value: { tier?: unknown; tiers?: unknown }): boolean =>
  value.tier === undefined || value.tiers === undefined;

const not = z
  .strictObject(terms)
  .refine(oneTier, { error: 'expected tier or tiers, not both' })
  .refine((value) => Object.keys(value).length > 0, { error: 'expected tier, tiers or labels' })
  .describe('Tenants that all of this holds for are left out.');

/** Which tenants a release reaches. */
export const tenantSelector = z
  .strictObject({ ...terms, not: not.optional() })
  .refine(oneTier, { error: 'expected tier or tiers, not both' })
  .refine((value) => Object.keys(value).length > 0, { error: 'expected tier, tiers, labels or not' });

/** Which tenants a wave takes. */
export const waveSelector = z
  .strictObject({
    ...terms,
    not: not.optional(),
    rest: z.literal(true).optional().describe('Whatever no earlier wave took; only in the last wave.'),
  })
  .refine(oneTier, { error: 'expected tier or tiers, not both' })
  .refine((value) => Object.keys(value).length > 0, { error: 'expected tier, tiers, labels, not or rest' })
  .refine((value) => value.rest === undefined || Object.keys(value).length === 1, {
    error: 'rest takes whatever is left: expected nothing beside it',
  });
