import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { shippedRoles, spellRight } from '../../lab/rights/roles.ts';

const ROW = /^\| (hub|target) \| `(tidegate-[a-z-]+)` \| ([a-z, ]+) \| (\S+) \| ([a-z/, ]+) \|$/;

/** Every right in the table of the page on security: `hub tidegate-viewer: list tenants.tidegate.dev`. */
function written(): readonly string[] {
  const page = readFileSync('docs/security.md', 'utf8');
  const section = page.slice(page.indexOf('## Every right'));
  return section.split('\n').flatMap((line) => {
    const [, where, role, verbs = '', group = '', resources = ''] = ROW.exec(line) ?? [];
    return verbs.split(', ').flatMap((verb) =>
      resources
        .split(', ')
        .filter((resource) => resource !== '')
        .map((resource) => `${where} ${role}: ${spellRight(verb, resource, group === 'core' ? '' : group)}`),
    );
  });
}

function granted(): readonly string[] {
  return shippedRoles().flatMap(({ kind, name, rights }) =>
    rights.map(({ text }) => `${kind === 'Role' ? 'hub' : 'target'} ${name}: ${text}`),
  );
}

describe('the table of every right', () => {
  test('is what is granted, no more and no less', () => {
    expect(granted().length).toBeGreaterThan(100);
    expect([...written()].sort()).toEqual([...granted()].sort());
  });

  test('names no wildcard, no escalation and no right twice', () => {
    expect(granted().filter((right) => /\*|escalate|bind|impersonate/.test(right))).toEqual([]);
    expect(new Set(granted()).size).toBe(granted().length);
  });
});
