import { describe, expect, it } from 'vitest';
import { daemonRights, type Right, shippedObjects } from '../../../src/cli/shipped-objects.ts';

const spell = ({ verb, group, resource, subresource }: Right) =>
  `${verb} ${resource}${subresource === null ? '' : `/${subresource}`}${group === '' ? '' : `.${group}`}`;

describe('what is shipped for a cluster', () => {
  it.each(['hub', 'target'] as const)('for a %s: a namespace comes before what is in it', (role) => {
    const [first] = shippedObjects(role);
    expect(first).toMatchObject({ kind: 'Namespace', metadata: { name: 'tidegate-system' } });
  });

  it('says each right of the daemon once, subresources apart', () => {
    const rights = daemonRights('target').map(spell);
    expect(rights).toContain('patch rollouts/status.argoproj.io');
    expect(rights).toContain('get namespaces');
    expect(new Set(rights).size).toBe(rights.length);
  });

  it.each(['hub', 'target'] as const)('lets the daemon of a %s delete nothing and do nothing to everything', (role) => {
    const rights = daemonRights(role);
    expect(rights.length).toBeGreaterThan(10);
    expect(rights.filter(({ verb }) => ['delete', 'deletecollection', 'update', '*'].includes(verb))).toEqual([]);
    expect(rights.filter(({ group, resource }) => group === '*' || resource === '*')).toEqual([]);
  });

  it('lets nobody but an approver approve', () => {
    const mayApprove = shippedObjects('hub').filter((object) =>
      ((object['rules'] ?? []) as unknown as readonly Rule[]).some(
        ({ resources, verbs }) => resources.includes('approvals') && verbs.includes('create'),
      ),
    );
    expect(mayApprove).toMatchObject([{ kind: 'Role', metadata: { name: 'tidegate-approver' } }]);
  });
});

interface Rule {
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
