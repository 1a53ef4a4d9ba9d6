import { expect, test } from 'vitest';
import { findingsOf } from '../../../../src/controller/checkup/finding.ts';
import { runChecks } from '../../../../src/controller/checkup/run-checks.ts';
import { TerminalError, TransientError } from '../../../../src/domain/errors.ts';
import { createVirtualClock } from '../../../../src/sandbox/clock/virtual-clock.ts';
import { brief, drive } from './a-checked-cluster.ts';

test('one check that hangs, fails or is refused keeps no other from its say', async () => {
  const clock = createVirtualClock();
  const signals: AbortSignal[] = [];
  const checks = [
    { name: 'hangs', look: (signal: AbortSignal) => (signals.push(signal), new Promise<never>(() => undefined)) },
    { name: 'fails', look: () => Promise.reject(new TransientError('cut off')) },
    { name: 'refused', look: () => Promise.reject(new TerminalError('not allowed')) },
    {
      name: 'patient',
      deadlineMs: 30_000,
      look: () => clock.sleep(20_000).then(() => [findingsOf('patient').ok('Fine', '')]),
    },
  ];
  const startedAt = clock.now();
  const findings = await drive(clock, runChecks(checks, clock));
  expect(brief(findings)).toEqual([
    'error hangs TooLate',
    'error fails Unreachable',
    'error refused Refused',
    'ok patient Fine',
  ]);
  expect(clock.now() - startedAt).toBe(20_000);
  expect(signals[0]!.aborted).toBe(true);
});

test('a bug stays a bug', async () => {
  const clock = createVirtualClock();
  const look = () => Promise.reject(new RangeError('no such thing'));
  await expect(drive(clock, runChecks([{ name: 'buggy', look }], clock))).rejects.toThrow(RangeError);
});
