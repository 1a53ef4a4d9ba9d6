import { describe, expect, it } from 'vitest';
import type { ReleaseView } from '../../../src/cli/view/release-view.ts';
import { renderRelease } from '../../../src/cli/view/render-release.ts';
import type { ReleaseStatus, WavePhase } from '../../../src/domain/release-status.ts';
import { type SimulatedRelease, simulateRelease } from './simulated-release.ts';

const options = { width: 120, color: false, zone: 'UTC' } as const;

/** The picture as a file: a new line at the end. */
const picture = (view: ReleaseView) => `${renderRelease(view, options).join('\n')}\n`;

const waveIs = (index: number, phase: WavePhase) => (status: ReleaseStatus) => status.waves[index]?.phase === phase;

async function expectPicture(release: SimulatedRelease, file: string): Promise<void> {
  await expect(picture(await release.view())).toMatchFileSnapshot(`${file}.txt`);
}

describe('the picture of a release (updated by vitest -u)', () => {
  it('shows a good release from the first wave to the end', async () => {
    const release = await simulateRelease('4.12.0');
    await expectPicture(release, 'before-the-daemon');
    await release.until('free runs', waveIs(0, 'Running'), 3_000);
    await expectPicture(release, 'free-running');
    await release.until('free bakes', waveIs(0, 'Baking'), 2_000);
    await expectPicture(release, 'free-baking');
    await release.until('business runs', waveIs(1, 'Running'), 7_500);
    await expectPicture(release, 'business-running');
    await release.until('all is done', (status) => status.phase === 'Completed');
    await expectPicture(release, 'completed');
  });

  it('shows what failed, whom it reached, and the way back', async () => {
    const release = await simulateRelease('4.13.0');
    await release.until('it goes back', (status) => status.phase === 'RollingBack', 300);
    await expectPicture(release, 'rolling-back');
    await release.until('it is back', (status) => status.phase === 'RolledBack');
    await expectPicture(release, 'rolled-back');
  });

  it('says whose approval it waits for, and that a freeze stops it', async () => {
    const release = await simulateRelease('4.12.0', (text) =>
      text.replace(/name: business\n( +)/, 'name: business\n$1approval: { required: 2 }\n$1'),
    );
    await release.until('an approval is wanted', (status) =>
      status.waitingFor.some((one) => one.reason === 'ApprovalRequired'),
    );
    const { plan } = await release.view();
    const spec = { release: 'storefront-4.12.0', planHash: plan!.hash, wave: 'business', by: 'ada' };
    await release.create('Approval', 'ada-business', spec);
    await release.until('one is left', (status) => /1 of 2/.test(status.message), 65_000);
    await expectPicture(release, 'waiting-for-approval');
    await release.create('Freeze', 'incident', {
      scope: { release: 'storefront-4.12.0' },
      reason: 'incident 4711',
      by: 'ada',
    });
    await release.until('it is frozen', (status) => status.waitingFor.some((one) => one.reason === 'Frozen'));
    await expectPicture(release, 'frozen');
  });
});
