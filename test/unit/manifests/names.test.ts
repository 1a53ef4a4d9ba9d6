import { describe, expect, it } from 'vitest';
import { guardName, labelValue, rolloutName } from '../../../src/manifests/names.ts';

describe('rolloutName', () => {
  it('keeps what leaves room for the hash in a pod name', () => {
    expect(rolloutName('storefront')).toBe('storefront');
    expect(rolloutName('a'.repeat(46))).toBe('a'.repeat(46));
  });

  it('shortens the rest to 46 characters that still tell names apart', () => {
    const names = ['x', 'y'].map((last) => rolloutName(`${'storefront-'.repeat(5)}${last}`));
    expect(names.map(({ length }) => length <= 46)).toEqual([true, true]);
    expect(new Set(names).size).toBe(2);
    expect(names[0]).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
  });

  it('leaves the guard a name that Kubernetes takes', () => {
    expect(guardName('storefront')).toBe('storefront-guard');
    expect(guardName(rolloutName('z'.repeat(63))).length).toBeLessThanOrEqual(63);
  });
});

describe('labelValue', () => {
  const cases: readonly [string, string, string][] = [
    ['a version', '4.12.0', '4.12.0'],
    ['build metadata', '4.12.0+build.5', '4.12.0_build.5'],
    ['letters that labels do not take', 'Café Zürich', 'Caf__Z_rich'],
    ['ends that labels do not take', '-x.', 'x'],
    ['nothing', '', ''],
  ];
  it.each(cases)('%s', (_, text, expected) => {
    expect(labelValue(text)).toBe(expected);
  });

  it('is at most 63 characters and still tells values apart', () => {
    const values = ['x', 'y'].map((last) => labelValue(`${'v'.repeat(80)}${last}`));
    expect(values.map(({ length }) => length)).toEqual([63, 63]);
    expect(new Set(values).size).toBe(2);
  });
});
