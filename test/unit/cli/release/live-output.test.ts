import { expect, test } from 'vitest';
import type { Terminal } from '../../../../src/cli/command.ts';
import { createLiveOutput } from '../../../../src/cli/release/live-output.ts';
import type { ReleaseView } from '../../../../src/cli/view/release-view.ts';
import { pendingStatus } from '../../../../src/controller/new-release.ts';
import { later } from '../../../../src/domain/time.ts';
import { NOW, planned } from '../../planning/storefront.ts';

const plan = planned();
const terminal: Terminal = {
  write: () => undefined,
  writeError: () => undefined,
  isInteractive: false,
  columns: 80,
  rows: 24,
  hasColour: false,
};

const viewAt = (seconds: number): ReleaseView => ({
  release: plan.release,
  workload: plan.workload,
  version: plan.version.name,
  plan,
  status: {
    ...pendingStatus(plan, NOW),
    waitingFor: [{ reason: 'ApprovalRequired', message: 'wave free has 0 of 1 approvals' }],
  },
  runs: [],
  versionNames: new Map(),
  now: later(NOW, seconds * 1000),
});

test('a log in which nothing happens is told once a minute that it goes on, and what is waited for', async () => {
  const said: string[] = [];
  const output = { format: 'text', line: (text: string) => said.push(text), note: () => {}, answer: () => {} };
  const live = await createLiveOutput(output, terminal);
  live.show(viewAt(0));
  const picture = said.splice(0).length;
  expect(picture).toBeGreaterThan(0);
  for (let second = 1; second < 60; second += 1) live.show(viewAt(second));
  expect(said).toEqual([]);
  for (let second = 60; second <= 125; second += 1) live.show(viewAt(second));
  expect(said).toHaveLength(2);
  expect(said[0]).toMatch(/^\d\d:\d\d:\d\d .*waits: wave free has 0 of 1 approvals$/);
});
