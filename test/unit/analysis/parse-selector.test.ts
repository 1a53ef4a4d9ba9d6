import { describe, expect, it } from 'vitest';
import { parseSelector } from '../../../src/analysis/parse-selector.ts';

describe('parseSelector reads', () => {
  const none: readonly unknown[] = [];
  it.each([
    ['a bare name', 'http_requests_total', 'http_requests_total', none],
    ['a recording rule', ' job:requests:total ', 'job:requests:total', none],
    ['empty braces', 'up{}', 'up', none],
    ['a comma at the end', 'up{a="1",}', 'up', [{ label: 'a', operator: '=', value: '1' }]],
    [
      'every operator, with spaces and lines between',
      'x { a = "1" ,\n b!="2", c =~ "3|4", d!~"5.." }',
      'x',
      [
        { label: 'a', operator: '=', value: '1' },
        { label: 'b', operator: '!=', value: '2' },
        { label: 'c', operator: '=~', value: '3|4' },
        { label: 'd', operator: '!~', value: '5..' },
      ],
    ],
    [
      'braces, commas and quotes inside a value',
      String.raw`x{a="}{,\"'",b='"',c=${'`'}\d+${'`'}}`,
      'x',
      [
        { label: 'a', operator: '=', value: `}{,"'` },
        { label: 'b', operator: '=', value: '"' },
        { label: 'c', operator: '=', value: String.raw`\d+` },
      ],
    ],
    [
      'escapes of Go',
      String.raw`x{a="\\d\t\x41\u00e9\U0001F600"}`,
      'x',
      [{ label: 'a', operator: '=', value: '\\d\tAé😀' }],
    ],
  ])('%s', (_, text, metric, matchers) => {
    expect(parseSelector(text)).toEqual({ kind: 'selector', selector: { metric, matchers } });
  });
});

describe('parseSelector refuses', () => {
  it.each([
    ['nothing', '', 1, 'expected a metric name'],
    ['a selector without a name', '{__name__="up"}', 1, 'expected a metric name'],
    ['a window', 'up[5m]', 3, 'the window is added later: write up without ['],
    ['a window after braces', 'up{a="1"}[5m]', 10, 'the window is added later: write the selector without ['],
    [
      'a function',
      'rate(up[5m])',
      5,
      'expected a selector of a counter, found a call of rate: rate and sum are added later',
    ],
    ['a sum of two', 'a + b', 3, 'expected nothing after a, found +: only a metric name with matchers is understood'],
    [
      'an offset',
      'a{} offset 5m',
      5,
      'expected nothing after the selector, found o: only a metric name with matchers is understood',
    ],
    ['a label __name__', 'a{__name__="b"}', 3, 'the metric name stands before the braces, not in __name__'],
    ['a label that starts with a digit', 'a{1x="b"}', 3, 'expected a label name'],
    ['an unknown operator', 'a{b=="c"}', 5, 'expected a quoted value'],
    ['no operator', 'a{b "c"}', 5, 'expected =, !=, =~ or !~ after label b'],
    ['no comma', 'a{b="1" c="2"}', 9, 'expected , or } after a matcher'],
    ['an open brace', 'a{b="1"', 8, 'expected , or } after a matcher'],
    ['an open quote', 'a{b="1}', 5, 'the quoted value has no closing "'],
    ['a line break in quotes', 'a{b="1\n"}', 5, 'the quoted value has no closing "'],
    ['an unknown escape', String.raw`a{b="\d"}`, 6, String.raw`unknown escape \d in a quoted value`],
    ['an escape beyond Unicode', String.raw`a{b="\U00110000"}`, 6, String.raw`unknown escape \U in a quoted value`],
    ['a byte that is no character', String.raw`a{b="\xff"}`, 6, String.raw`unknown escape \x in a quoted value`],
  ])('%s', (_, text, position, message) => {
    expect(parseSelector(text)).toEqual({ kind: 'problem', position, message });
  });
});
