import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/domain/workload.ts';
import { placeholdersIn, substitute } from '../../../src/manifests/placeholders.ts';

const values = { 'tenant.name': 'acme', 'cluster.name': 'eu$1' };

describe('substitute', () => {
  const cases: readonly [string, Json, Json][] = [
    ['a whole string', '${tenant.name}', 'acme'],
    ['several in one', 'a-${tenant.name}-${cluster.name}', 'a-acme-eu$1'],
    ['deep inside', { env: [{ value: '${tenant.name}' }, 1, null, true] }, { env: [{ value: 'acme' }, 1, null, true] }],
    ['a name without a value stays', '${tenant.id}', '${tenant.id}'],
    ['a misspelt name stays', '${tenant.nmae}', '${tenant.nmae}'],
    ['the shell of a container is not ours', 'echo ${HOME} $(HOST) ${tenant}', 'echo ${HOME} $(HOST) ${tenant}'],
    ['keys stay', { '${tenant.name}': 1 }, { '${tenant.name}': 1 }],
    ['a value is not looked at again', ['${tenant.name}', '${cluster.name}'], ['acme', 'eu$1']],
  ];
  it.each(cases)('%s', (_, value, expected) => {
    expect(substitute(value, values)).toEqual(expected);
  });
});

describe('placeholdersIn', () => {
  it('finds each once, sorted, misspelt ones too, and nothing that is not ours', () => {
    expect(placeholdersIn(['${tenant.nmae} ${cluster.name}', { a: '${tenant.id}${tenant.id} ${HOME}' }])).toEqual([
      'cluster.name',
      'tenant.id',
      'tenant.nmae',
    ]);
  });
});
