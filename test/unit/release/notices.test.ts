import { describe, expect, it } from 'vitest';
import type { Plan } from '../../../src/domain/plan.ts';
import type { Webhook } from '../../../src/domain/webhook.ts';
import { isWanted } from '../../../src/release/notice-scope.ts';
import { deletionNotice, noticeKey, noticesOf } from '../../../src/release/notices.ts';
import { line, minute, toldRelease } from './told-release.ts';

const noticeOf = (reason: string, message: string, minutes = 25) => {
  const entry = line(minutes, reason, message);
  return noticesOf(toldRelease([entry]), [entry])[0]!;
};

describe('a line of the story becomes news', () => {
  it.each([
    ['Planned', 'plan 9f3c', 0, 'planned', 'detail', null],
    ['WaveStarted', 'wave free starts', 1, 'started', 'info', 'free'],
    ['WaveStarted', 'wave business starts', 20, 'wave-started', 'detail', 'business'],
    ['WaveBaking', 'wave free is on the new version and bakes', 8, 'wave-baking', 'detail', 'free'],
    ['WavePassed', 'wave free passed', 10, 'wave-passed', 'info', 'free'],
    ['ApprovalRequired', 'holds: wave business has 0 of 1', 15, 'waiting-for-approval', 'warning', 'business'],
    ['ApprovalRequiredOver', 'goes on after ApprovalRequired', 19, 'going-on', 'info', 'business'],
    ['Frozen', 'holds: freeze night by ada: quiet', 25, 'held', 'info', 'business'],
    ['WindowClosed', 'holds: the window opens at nine', 25, 'held', 'info', 'business'],
    ['DataMissing', 'holds: wave business waits for data', 25, 'held', 'warning', 'business'],
    ['ClusterUnreachable', 'holds: shared-eu: no answer', 25, 'held', 'warning', 'business'],
    ['NeverHeardOf', 'holds: of a later version', 25, 'held', 'warning', 'business'],
    ['SloFailed', 'pool-free failed: availability', 25, 'target-failed', 'warning', 'business'],
    ['CommandStuck', 'holds: eu/a/b does not show the effect', 25, 'stuck', 'error', 'business'],
    ['CommandRefused', 'holds: not allowed (403)', 25, 'stuck', 'error', 'business'],
    ['RollbackDecided', 'wave business failed', 25, 'rolling-back', 'error', null],
    ['RollbackPending', 'holds: eu/a/b is not back yet', 26, 'rollback-incomplete', 'error', null],
    ['NotRestored', 'holds: look by hand', 26, 'rollback-incomplete', 'error', null],
    ['SloNotRestored', 'holds: still failing', 26, 'rollback-incomplete', 'error', null],
    ['RolledBack', 'everything is back', 27, 'rolled-back', 'warning', null],
    ['Completed', 'every wave passed', 30, 'done', 'info', null],
    ['Refused', 'the plan is another one', 0, 'refused', 'error', null],
    ['RolledBackBefore', 'these images were taken back once', 0, 'warned', 'warning', null],
  ] as const)('%s (%s) at minute %i: %s, %s', (reason, message, minutes, kind, severity, wave) => {
    expect(noticeOf(reason, message, minutes)).toMatchObject({ kind, severity, wave, reason, at: minute(minutes) });
  });

  it('says what to type', () => {
    expect(noticeOf('ApprovalRequired', 'holds: 0 of 1', 15).command).toBe(
      'tidegate release approve storefront-4.12.0 --wave business --expect-plan 9f3c1a2d04be',
    );
  });

  it('leaves out that it holds, control characters, and what turns text around', () => {
    const { message } = noticeOf('Frozen', 'holds: freeze a by eve: x\r\n*FAKE*\u202e\u001b[31mred\u2028end');
    expect(message).toBe('freeze a by eve: x *FAKE* [31mred end');
  });

  it('is at most 600 characters long, and well-formed where it is cut', () => {
    const { message } = noticeOf('Frozen', `holds: ${'😀'.repeat(400)}a`);
    expect(message).toHaveLength(601);
    expect(noticeOf('Frozen', `holds: a${'😀'.repeat(400)}`).message.isWellFormed()).toBe(true);
  });
});

describe('the key of news', () => {
  const one = line(1, 'SloFailed', 'a failed: x');
  const other = line(1, 'SloFailed', 'b failed: x');

  it('is that of the line, wherever it stands', () => {
    const [, second] = noticesOf(toldRelease([other, one]), [other, one]);
    expect(second?.key).toBe(noticesOf(toldRelease([one]), [one])[0]!.key);
    expect(second?.key).toMatch(/^[0-9a-f]{16}$/);
  });

  it('tells targets that fail at once apart, and releases of the same name', () => {
    expect(new Set([noticeKey('u', one), noticeKey('u', other), noticeKey('v', one)]).size).toBe(3);
  });

  it('of a deletion is one, whenever it is noticed', () => {
    const keys = [1, 2].map((at) => deletionNotice(toldRelease([]), minute(at)).key);
    expect(new Set(keys).size).toBe(1);
  });
});

describe('a webhook wants', () => {
  const plan = {
    waves: [
      { name: 'free', targets: [{ tenants: ['zed'] }] },
      { name: 'business', targets: [{ tenants: ['acme', 'globex'] }] },
    ],
    tenants: [
      { name: 'zed', tier: 'free' },
      { name: 'acme', tier: 'business' },
      { name: 'globex', tier: 'business' },
    ],
  } as unknown as Plan;
  const tenantLabels = new Map([
    ['acme', { region: 'eu', cohort: 'early' }],
    ['zed', { region: 'us' }],
  ]);
  const everything = { releases: null, workloads: null, waves: null, tiers: null, labels: null };
  const wants = (scope: Partial<Webhook['scope']>, severity: Webhook['severity'] = 'info', known: Plan | null = plan) =>
    ['WavePassed', 'SloFailed', 'RollbackDecided']
      .map((reason) => noticeOf(reason, 'x', reason === 'WavePassed' ? 10 : 25))
      .filter((notice) =>
        isWanted(notice, { severity, scope: { ...everything, ...scope } } as Webhook, { plan: known, tenantLabels }),
      )
      .map(({ kind }) => kind);
  // of wave free; of wave business; of the release
  const [passed, failed, back] = ['wave-passed', 'target-failed', 'rolling-back'];

  it.each([
    ['everything', {}, [passed, failed, back]],
    ['its release', { releases: ['storefront-4.12.0'] }, [passed, failed, back]],
    ['no other release', { releases: ['storefront-4.13.0'] }, []],
    ['no other workload', { workloads: ['api'] }, []],
    ['its wave, and what is about the whole', { waves: ['business'] }, [failed, back]],
    ['waves with its tier', { tiers: ['free'] }, [passed, back]],
    ['waves with a tenant of its labels', { labels: { region: 'eu' } }, [failed, back]],
    ['tier and labels of one tenant', { tiers: ['free'], labels: { region: 'eu' } }, []],
    ['nothing for labels that nobody has', { labels: { region: 'mars' } }, []],
  ] as const)('%s', (_, scope, kinds) => {
    expect(wants(scope)).toEqual(kinds);
  });

  it.each([
    ['detail', [passed, failed, back]],
    ['warning', [failed, back]],
    ['error', [back]],
  ] as const)('from %s on', (severity, kinds) => {
    expect(wants({}, severity)).toEqual(kinds);
  });

  it('news of a plan that cannot be read: rather than not', () => {
    expect(wants({ tiers: ['nobody'] }, 'info', null)).toEqual([passed, failed, back]);
  });
});
