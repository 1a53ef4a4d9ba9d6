import { describe, expect, it } from 'vitest';
import { bodyOf } from '../../../src/adapters/webhook/bodies/body.ts';
import { slackText } from '../../../src/adapters/webhook/bodies/slack-body.ts';
import type { Notice } from '../../../src/domain/notice.ts';
import { deletionNotice, noticesOf } from '../../../src/release/notices.ts';
import { line, minute, toldRelease } from '../../unit/release/told-release.ts';

const story = [
  line(0, 'Planned', 'plan 9f3c1a2d04be'),
  line(0, 'RolledBackBefore', 'these images were taken back once, by release storefront-4.11.9: wave free failed'),
  line(1, 'WaveStarted', 'wave free starts'),
  line(8, 'WaveBaking', 'wave free is on the new version and bakes'),
  line(10, 'WavePassed', 'wave free passed'),
  line(11, 'ApprovalRequired', 'holds: wave business has 0 of 2 approvals for plan 9f3c1a2d04be'),
  line(19, 'ApprovalRequiredOver', 'goes on after ApprovalRequired'),
  line(20, 'WaveStarted', 'wave business starts'),
  line(21, 'DataMissing', 'holds: wave business: shared-eu/pool-business/storefront and 3 more (DataMissing)'),
  line(22, 'Frozen', 'holds: freeze black-friday by ada@example.com: <!channel> sales & more until Monday'),
  line(23, 'WindowClosed', 'holds: the window of wave business opens 2026-11-23T08:00:00.000Z'),
  line(24, 'SloFailed', 'tenant acme failed: availability 98.2 % of 12,400 requests, wanted 99.5 %'),
  line(24, 'RollbackDecided', 'wave business failed: availability 98.2 % of 12,400 requests, wanted 99.5 %'),
  line(25, 'CommandStuck', 'holds: eu/acme/storefront does not show the effect of abort; is the Argo Rollouts controller of eu alive?'),
  line(26, 'RollbackPending', 'holds: eu/acme/storefront is not back yet: eu is not reached'),
  line(27, 'RolledBack', 'every target of the scope is back on the version it had'),
  line(30, 'Completed', 'every wave passed'),
  line(31, 'Refused', 'tenant acme: no placement, give it one'),
];
const release = toldRelease(story);
const notices: readonly Notice[] = [...noticesOf(release, story), deletionNotice(release, minute(40))];

/** As it stands in a file: indented, a new line at the end. */
const pretty = (text: string) => `${JSON.stringify(JSON.parse(text), null, 2)}\n`;

describe('what recipients read (updated by vitest -u)', () => {
  it('in a chat', async () => {
    await expect(`${notices.map(slackText).join('\n\n')}\n`).toMatchFileSnapshot('chat.txt');
  });

  it.each(['json', 'slack', 'cloudevents'] as const)('as %s', async (format) => {
    const waiting = notices.find(({ kind }) => kind === 'waiting-for-approval')!;
    const { text, contentType } = bodyOf(waiting, format, 'tidegate-system');
    expect(contentType).toBe(format === 'cloudevents' ? 'application/cloudevents+json' : 'application/json');
    await expect(pretty(text)).toMatchFileSnapshot(`${format}.json`);
  });
});
