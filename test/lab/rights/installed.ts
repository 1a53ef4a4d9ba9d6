import { install, installedObjects } from '../../../src/cli/installed-objects.ts';
import type { ClusterRole } from '../../../src/cli/shipped-objects.ts';
import type { JsonObject } from '../../../src/domain/workload.ts';
import type { ConnectedLab } from '../connected-lab.ts';

/** Installs all that is shipped for a role, for a namespace of its own; the policy apart, for it holds in every namespace of the lab. */
export async function installRole({ api, clock }: ConnectedLab, namespace: string, role: ClusterRole): Promise<void> {
  await install(
    api,
    clock,
    installedObjects(namespace, role).filter((object) => !isPolicy(object)),
  );
}

/** Whether an object is the admission policy, or binds it. */
export function isPolicy(object: JsonObject): boolean {
  return ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding'].includes(object['kind'] as string);
}
