import { refOf } from '../../../src/controller/actor.ts';
import { stableTemplate } from '../../../src/controller/stable-template.ts';
import type { KubernetesApi } from '../../../src/ports/kubernetes-api.ts';
import type { IndexedTarget } from '../../../src/release/plan-index.ts';
import type { CommandName } from './sample.ts';

const STATUS_CHANGES = {
  resume: { pauseConditions: null },
  abort: { abort: true },
  promoteFull: { promoteFull: true },
} as const satisfies Record<Exclude<CommandName, 'template'>, unknown>;

/** Sends a command once, as kubectl and its Argo Rollouts plugin do; `hash` names the template to put back. */
export async function sendPlain(
  api: KubernetesApi,
  indexed: IndexedTarget,
  command: CommandName,
  hash: string,
): Promise<void> {
  if (command === 'template') return writeTemplateOf(api, indexed, hash);
  const write = { fieldManager: 'kubectl-argo-rollouts', subresource: 'status' } as const;
  await api.mergePatch(refOf(indexed), { status: STATUS_CHANGES[command] }, write);
}

/** Puts the template of the ReplicaSet with this pod hash into the Rollout, as `kubectl argo rollouts undo` does. */
export async function writeTemplateOf(api: KubernetesApi, indexed: IndexedTarget, hash: string): Promise<void> {
  const value = await stableTemplate(api, indexed, hash);
  const operation = { op: 'replace', path: '/spec/template', value } as const;
  await api.patch(refOf(indexed), [operation], { fieldManager: 'kubectl-argo-rollouts' });
}

/** Changes what means nothing, which makes the controller look. */
export async function touch(api: KubernetesApi, indexed: IndexedTarget, value: string): Promise<void> {
  const annotations = { 'example.com/touched': value };
  await api.mergePatch(refOf(indexed), { metadata: { annotations } }, { fieldManager: 'kubectl-annotate' });
}
