import { describe, expect, it } from 'vitest';
import type { TargetId } from '../../../src/domain/plan.ts';
import { forecast } from '../../../src/planning/forecast.ts';
import { planMarkdown } from '../../../src/planning/markdown.ts';
import { NOW, planned } from '../../unit/planning/storefront.ts';
import { evidence } from './evidence.ts';

const plan = planned();
const before = { plan, forecast: forecast(plan, { startAt: NOW }), running: null, preflight: null, evidence: null };

describe('the plan document (updated by vitest -u)', () => {
  it('before the run, made offline', async () => {
    await expect(planMarkdown(before)).toMatchFileSnapshot('offline.md');
  });

  it('after the run, with what the clusters said', async () => {
    const targets = plan.waves.flatMap((wave) => wave.targets);
    const running = new Map<TargetId, string>(targets.slice(1).map(({ id }) => [id, '4.11.3']));
    const preflight = [
      { severity: 'warning', reason: 'QuotaTight', subject: 'shared-eu/hooli', message: 'room for 1 pod more, 1 is needed' },
    ] as const;
    await expect(planMarkdown({ ...before, running, preflight, evidence })).toMatchFileSnapshot('after-the-run.md');
  });
});
