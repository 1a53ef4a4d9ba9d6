import { type ClusterRole, daemonRights } from '../../src/cli/shipped-objects.ts';
import type { SandboxUser } from '../../src/sandbox/kubernetes/review.ts';

/** The daemon under the roles that are shipped for a cluster: what they do not grant, the sandbox refuses. */
export function shippedUser(role: ClusterRole, hubNamespace: string): SandboxUser {
  const granted = new Set(
    daemonRights(role).map(({ verb, group, resource, subresource }) => keyOf(verb, group, resource, subresource ?? '')),
  );
  return {
    token: '',
    name: `system:serviceaccount:${hubNamespace}:tidegate`,
    groups: [],
    may: ({ verb, group, resource, subresource, namespace }) =>
      granted.has(keyOf(verb, group, resource, subresource)) && (role === 'target' || namespace === hubNamespace),
  };
}

function keyOf(verb: string, group: string, resource: string, subresource: string): string {
  return `${verb} ${group}/${resource}/${subresource}`;
}
