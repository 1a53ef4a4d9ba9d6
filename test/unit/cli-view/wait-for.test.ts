import { describe, expect, it } from 'vitest';
import { isPrefixOfHash } from '../../../src/cli/release/expected-plan.ts';
import { actName } from '../../../src/cli/release/human-act.ts';
import { parseTimeout, parseWaitFor } from '../../../src/cli/release/wait-for.ts';
import { InvalidInput } from '../../../src/domain/errors.ts';

describe('what a command waits for', () => {
  it('is the end or a wave', () => {
    expect(parseWaitFor('done')).toEqual({ kind: 'done' });
    expect(parseWaitFor('wave=free=1')).toEqual({ kind: 'wave', wave: 'free=1' });
  });

  it.each(['wave', 'wave=', 'Done', ''])('is not "%s"', (text) => {
    expect(() => parseWaitFor(text)).toThrow(InvalidInput);
  });

  it('lasts as long as a duration says', () => {
    expect(parseTimeout('1h30m')).toBe(5_400_000);
    expect(() => parseTimeout('30')).toThrow('such as 90s');
  });
});

describe('an expected plan', () => {
  const hash = '9f3c1a2d04be'.padEnd(64, '0');

  it('is the beginning of a hash, long enough not to fit by chance', () => {
    expect(isPrefixOfHash('9f3c1a2d', hash)).toBe(true);
    expect(isPrefixOfHash('9f3c1a2e', hash)).toBe(false);
    expect(() => isPrefixOfHash('9f3c', hash)).toThrow('8 to 64 hex digits');
    expect(() => isPrefixOfHash('9F3C1A2D', hash)).toThrow('8 to 64 hex digits');
  });
});

describe('the name of an act', () => {
  it('is the same for the same person and wave, and another for another', () => {
    const name = (by: string) => actName('storefront-4.12.0', '9f3c1a2d', 'business', by);
    expect(name('ada')).toBe('storefront-4.12.0-9f3c1a2d-business-ada');
    expect(name('ada')).toBe(name('ada'));
    expect(name('Ada')).not.toBe(name('ada'));
    expect(name('a.l')).not.toBe(name('a-l'));
  });

  it('fits the API server, however people are called', () => {
    for (const by of ['Ada Lovelace', 'ada@example.com', 'Ünal', 'x'.repeat(200)]) {
      expect(actName('storefront-4.12.0', 'business', by)).toMatch(/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/);
      expect(actName('storefront-4.12.0', 'business', by).length).toBeLessThanOrEqual(63);
    }
  });
});
