import { z } from 'zod';
import { documentOf } from './document.ts';
import { countOrPercent, duration, labelValue, positiveDuration } from './scalars.ts';
import { waveSelector } from './selector.ts';
import { window } from './window.ts';

const steps = z
  .array(z.int().min(1).max(99))
  .max(20)
  .superRefine((weights, context) => {
    for (const [index, weight] of weights.entries()) {
      const before = weights[index - 1];
      if (before === undefined || weight > before) continue;
      context.addIssue({
        code: 'custom',
        path: [index],
        message: `weights must rise: expected more than ${before}, got ${weight}`,
      });
    }
  });

const bake = z.strictObject({
  step: duration.default('5m').describe('How long a step is watched at least before its verdict counts. Default: 5m.'),
  wave: duration.default('15m').describe('How long a finished wave is watched. Default: 15m.'),
});

const deadline = z.strictObject({
  target: positiveDuration.default('30m').describe('How long one target may take. Default: 30m.'),
  wave: positiveDuration.default('4h').describe('How long the wave may take. Default: 4h.'),
});

const analysis = z.strictObject({
  scope: z
    .enum(['target', 'wave'])
    .default('wave')
    .describe('Judge each target alone or all of a tier together. Default: wave.'),
  minRequests: z.int().min(1).max(1_000_000_000).default(500).describe('Requests a verdict needs. Default: 500.'),
  onInsufficient: z
    .enum(['wait', 'useWave', 'ask', 'rollback'])
    .default('wait')
    .describe('What to do while data does not suffice. Default: wait.'),
  limit: positiveDuration
    .default('30m')
    .describe('How long missing or inconclusive data may hold a gate. Default: 30m.'),
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the kind; never awaited
  then: z.enum(['ask', 'rollback']).default('ask').describe('What happens after the limit. Default: ask.'),
  window: positiveDuration.default('2m').describe('How far back one measurement looks. Default: 2m.'),
  interval: positiveDuration.default('30s').describe('Time between two measurements. Default: 30s.'),
});

const wave = z.strictObject({
  name: labelValue,
  select: waveSelector.describe('Which tenants; the first wave that matches takes a target.'),
  maxConcurrency: countOrPercent(1).default(1).describe('Targets in flight at once, integer or percent. Default: 1.'),
  maxFailures: countOrPercent(0)
    .default(0)
    .describe('Failures beyond it stop the wave, integer or percent. Default: 0.'),
  steps: steps
    .default([10, 25, 50])
    .describe('Canary weights in percent, rising; 100 is implied. Default: 10, 25, 50.'),
  bake: bake.prefault({}).describe('Waiting times before a gate may open.'),
  deadline: deadline.prefault({}).describe('Clocks stand while a window, freeze or approval blocks.'),
  analysis: analysis.prefault({}).describe('How the gates judge.'),
  approval: z
    .strictObject({ required: z.int().min(0).max(10).default(0).describe('People who must approve. Default: 0.') })
    .prefault({})
    .describe('Approvals needed before the wave starts.'),
  windows: z.array(window).max(32).default([]).describe('When exposure may widen. Default: always.'),
  onFailure: z
    .strictObject({
      rollback: z.enum(['target', 'wave', 'release']).default('wave').describe('What is taken back. Default: wave.'),
    })
    .prefault({})
    .describe('What happens beyond maxFailures.'),
});

const waves = z
  .array(wave)
  .min(1, { error: 'expected at least one wave' })
  .max(32)
  .superRefine((all, context) => {
    for (const [index, each] of all.entries()) {
      if (all.findIndex((other) => other.name === each.name) !== index) {
        context.addIssue({
          code: 'custom',
          path: [index, 'name'],
          message: `a wave of this plan is called "${each.name}" already`,
        });
      }
      if (each.select.rest === true && index !== all.length - 1) {
        context.addIssue({
          code: 'custom',
          path: [index, 'select', 'rest'],
          message: 'only the last wave may select the rest: no wave after it would get a target',
        });
      }
    }
  });

const rollback = z.strictObject({
  order: z
    .array(labelValue)
    .min(1, { error: 'expected the tiers, most valuable first' })
    .max(32)
    .superRefine((tiers, context) => {
      for (const [index, tier] of tiers.entries()) {
        if (tiers.indexOf(tier) === index) continue;
        context.addIssue({ code: 'custom', path: [index], message: `tier "${tier}" is in the order already` });
      }
    })
    .describe('Tiers, most valuable (strictest) first.'),
  maxConcurrency: z.int().min(1).max(100_000).default(50).describe('Targets taken back at once. Default: 50.'),
});

/** The order and the gates of a release. */
export const wavePlan = documentOf('WavePlan', z.strictObject({ waves, rollback }));
