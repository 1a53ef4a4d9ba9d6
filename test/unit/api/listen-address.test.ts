import { expect, test } from 'vitest';
import { formatListenAddress, parseListenAddress } from '../../../src/api/listen-address.ts';

test.each([
  ['127.0.0.1:9410', { host: '127.0.0.1', port: 9410 }],
  ['localhost:0', { host: 'localhost', port: 0 }],
  ['[::1]:9410', { host: '::1', port: 9410 }],
  ['off', 'off'],
])('%s is understood', (text, address) => {
  expect(parseListenAddress(text)).toEqual(address);
  if (typeof address !== 'string') expect(formatListenAddress(address)).toBe(text);
});

test.each([
  '',
  '9410',
  ':9410',
  '127.0.0.1',
  '127.0.0.1:',
  '127.0.0.1:65536',
  '::1:9410',
  'http://127.0.0.1:9410',
  'on',
])('%j is none', (text) => {
  expect(parseListenAddress(text)).toBeNull();
});
