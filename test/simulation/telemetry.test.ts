import { describe, expect, it } from 'vitest';
import { createTelemetry, type Telemetry } from '../../src/api/telemetry.ts';
import type { DaemonEvent } from '../../src/controller/daemon.ts';
import type { Clock } from '../../src/ports/clock.ts';
import { operate } from './operated-release.ts';

/** What a daemon told of a cluster, in order. */
function storyOf(cluster: string, events: readonly DaemonEvent[]): readonly string[] {
  return events.flatMap((event) => {
    if (event.type !== 'clusterState' || event.cluster !== cluster) return [];
    return event.state.kind === 'fresh' ? 'fresh' : event.state.message;
  });
}

function telemetryOf(clock: Clock): Telemetry {
  const leadership = () => ({ kind: 'following', holder: null }) as const;
  return createTelemetry({ clock, stopwatch: () => 0, version: '1', hub: 'hub', hubSilentMs: 1, leadership });
}

describe('what a daemon tells', () => {
  it('of a cluster that is away for a minute is told once in each way', async () => {
    const events: DaemonEvent[] = [];
    const world = await operate({ daemon: { report: (event) => events.push(event) } });
    await world.until(() => world.pausedAt('shared', 'biz-0', 0));
    world.sim.world.setReachable('ent', false);
    await world.sim.clock.advance(60_000);
    world.sim.world.setReachable('ent', true);
    await world.untilPhase('Completed');
    expect(storyOf('ent', events)).toEqual([
      'fresh',
      expect.stringContaining('stream broke'),
      expect.stringContaining('unable to handle the request'),
      'fresh',
    ]);
  });

  it('of a release that is taken back adds up in the metrics', async () => {
    const told: { telemetry: Telemetry | null } = { telemetry: null };
    const commands = new Map<string, number>();
    const world = await operate({
      daemon: {
        report(event) {
          told.telemetry?.report(event);
          if (event.type !== 'sent' || event.command.action.kind === 'nudge') return;
          const key = `action="${event.command.action.kind}",cluster="${event.command.target.split('/')[0]}"`;
          commands.set(key, (commands.get(key) ?? 0) + 1);
        },
      },
    });
    const telemetry = telemetryOf(world.sim.clock);
    told.telemetry = telemetry;
    world.weather.badRatio = (tenantId) => (tenantId.includes('biz') ? 0.5 : 0.001);
    await world.untilPhase('RolledBack');
    await world.sim.clock.advance(2_000);
    const { body } = await telemetry.metrics();
    expect(commands.size).toBeGreaterThan(1);
    for (const [key, count] of commands) expect(body).toContain(`tidegate_commands_sent_total{${key}} ${count}\n`);
    expect(body).toContain('tidegate_verdicts_total{slo="availability",verdict="pass"} 2\n');
    expect(body).toContain('tidegate_verdicts_total{slo="availability",verdict="fail"} 2\n');
    expect(body).toContain('tidegate_rollbacks_total{scope="release",reason="SloFailed"} 1\n');
    expect(body).toContain('tidegate_releases{phase="RolledBack"} 1\n');
    // the release is over
    expect(body).not.toContain('tidegate_targets{');
  });
});
