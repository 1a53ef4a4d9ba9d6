import { describe, expect, it } from 'vitest';
import { type OneRollout, pausedAtFirstStep } from '../one-rollout.ts';

const commands = {
  resume: (one: OneRollout) => one.resume(),
  abort: (one: OneRollout) => one.abort(),
  template: (one: OneRollout) => one.image('app:v3'),
};

/** What shows that a command was carried out. */
const effects = {
  resume: (one: OneRollout) => (one.status().currentStepIndex ?? 0) > 1,
  abort: (one: OneRollout) => one.status().abortedAt !== undefined,
  template: (one: OneRollout) => one.status().observedGeneration === String(one.rollout().metadata.generation),
};

const names = ['resume', 'abort', 'template'] as const;

describe('a command sent so long after the pause became visible', () => {
  it.each(names.flatMap((name) => [0, 10, 50].map((ms) => [name, ms] as const)))(
    '%s, %i ms: is lost, and done soon after a nudge',
    async (name, ms) => {
      const one = await pausedAtFirstStep();
      await one.advance(ms);
      commands[name](one);
      await one.advance(15_000);
      expect(effects[name](one)).toBe(false);
      one.nudge('1');
      await one.advance(200);
      expect(effects[name](one)).toBe(true);
    },
  );

  it.each(names.flatMap((name) => [100, 1000].map((ms) => [name, ms] as const)))(
    '%s, %i ms: is carried out',
    async (name, ms) => {
      const one = await pausedAtFirstStep();
      await one.advance(ms);
      commands[name](one);
      await one.advance(300);
      expect(effects[name](one)).toBe(true);
    },
  );

  it('is found by the resync after 15 minutes without a nudge', async () => {
    const one = await pausedAtFirstStep();
    one.abort();
    await one.advance(14 * 60_000);
    expect(effects.abort(one)).toBe(false);
    await one.advance(60_000);
    expect(effects.abort(one)).toBe(true);
  });

  it('is lost at any time where the world says so, and then done after a nudge', async () => {
    let isLosing = true;
    const one = await pausedAtFirstStep({
      world: { argo: { losesAlso: ({ status }) => isLosing && (status as { abort?: boolean }).abort === true } },
    });
    await one.advance(5000);
    one.abort();
    await one.advance(60_000);
    expect(effects.abort(one)).toBe(false);
    isLosing = false;
    one.nudge('1');
    await one.advance(200);
    expect(effects.abort(one)).toBe(true);
  });

  it('is never lost by a controller that does not write into its cache', async () => {
    const one = await pausedAtFirstStep({ world: { argo: { loseCommands: false } } });
    one.abort();
    await one.advance(300);
    expect(effects.abort(one)).toBe(true);
  });

  it('is carried out when the controller comes back', async () => {
    const one = await pausedAtFirstStep();
    one.abort();
    await one.advance(1000);
    one.world.argo('eu').stop();
    await one.advance(1000);
    expect(effects.abort(one)).toBe(false);
    one.world.argo('eu').start();
    await one.advance(300);
    expect(effects.abort(one)).toBe(true);
  });
});
