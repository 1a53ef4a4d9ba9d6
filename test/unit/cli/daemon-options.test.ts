import { expect, test } from 'vitest';
import { say } from './fake-context.ts';

test.each([
  ['an address without a port', '--listen', '127.0.0.1', 'expected HOST:PORT, [IPV6]:PORT or off'],
  ['a lease that nobody can renew in time', '--lease-duration', '1s', 'expected a duration of 3s or more'],
])('tidegate daemon refuses %s', async (_, option, value, words) => {
  const { code, stderr } = await say('daemon', option, value);
  expect(code).toBe(2);
  expect(stderr).toContain(`${option} <`);
  expect(stderr).toContain(words);
});
