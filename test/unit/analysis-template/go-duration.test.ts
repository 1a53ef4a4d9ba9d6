import { expect, test } from 'vitest';
import { parseGoDuration } from '../../../src/analysis/template/go-duration.ts';

const durations: Readonly<Record<string, number>> = {
  '0': 0,
  '+0': 0,
  '5s': 5000,
  '1m30s': 90_000,
  '1h2m3s4ms': 3_723_004,
  '-1.5s': -1500,
  '+5s': 5000,
  '.5s': 500,
  '1.s': 1000,
  '100us': 0.1,
  '100µs': 0.1,
  '100μs': 0.1,
  '1ns': 0.000001,
  '1.000000001s': 1000.000001,
  '0.100000000000000000000h': 360_000,
  '2562047h': 2562047 * 3_600_000,
};

test.for(Object.entries(durations))('%s is a duration', ([text, ms]) => {
  expect(parseGoDuration(text)).toEqual({ kind: 'duration', ms });
});

const refused: Readonly<Record<string, string>> = {
  '': 'time: invalid duration ""',
  '3': 'time: missing unit in duration "3"',
  '-': 'time: invalid duration "-"',
  s: 'time: invalid duration "s"',
  '.': 'time: invalid duration "."',
  '.s': 'time: invalid duration ".s"',
  '+.s': 'time: invalid duration "+.s"',
  '1d': 'time: unknown unit "d" in duration "1d"',
  '1 hour': 'time: unknown unit " hour" in duration "1 hour"',
  '5s3': 'time: missing unit in duration "5s3"',
  '5constructor': 'time: unknown unit "constructor" in duration "5constructor"',
  '3000000h': 'time: invalid duration "3000000h"',
  '9223372036854775808ns': 'time: invalid duration "9223372036854775808ns"',
  '1"ä\\': 'time: unknown unit "\\"\\xc3\\xa4\\\\" in duration "1\\"\\xc3\\xa4\\\\"',
};

test.for(Object.entries(refused))('%s is refused in the words of Go', ([text, message]) => {
  expect(parseGoDuration(text)).toEqual({ kind: 'invalid', message });
});
