import { kinds } from '../../src/ports/kinds.ts';
import type {
  JsonPatchOperation,
  KubernetesApi,
  KubernetesObject,
  ObjectRef,
  ResourceKind,
} from '../../src/ports/kubernetes-api.ts';
import type { CannedPrometheus } from './canned-prometheus.ts';
import type { Action } from './scenario.ts';
import type { World } from './world.ts';

/** What a step needs to be sent. */
export interface ActionContext {
  readonly world: World;
  readonly rollout: ObjectRef;
  readonly prometheus: CannedPrometheus | undefined;
  /** Replaces `${…}` in every string of a value. */
  readonly fill: <Value>(value: Value) => Value;
  /** A number never given before in this run. */
  readonly nextNumber: () => number;
}

/** Written by traffic routers' users only, never by Tidegate. */
const ingress: ResourceKind = {
  group: 'networking.k8s.io',
  version: 'v1',
  kind: 'Ingress',
  plural: 'ingresses',
  namespaced: true,
};

const defaultFieldManager = 'tidegate';
const scaleFieldManager = 'kubectl-scale';

/** What a step is called in the milestones. */
export function describeAction(action: Action): string {
  if ('scale' in action) return `scale ${action.scale}`;
  if ('image' in action) return `image ${action.image}`;
  if ('apply' in action) return `apply${ofOther(action.apply['kind'])}${action.force ? ' by force' : ''}`;
  if ('create' in action) return `create${ofOther(action.create['kind'])}`;
  if ('delete' in action) return action.delete === true ? 'delete' : `delete${ofOther(action.delete.kind)}`;
  return Object.keys(action)[0] ?? 'nothing';
}

const ofOther = (kind: unknown) => (kind === kinds.rollout.kind ? '' : ` ${String(kind)}`);

/** Sends one step and gives the Rollout as it was written, if it was; rejects with the error of the API as it came. */
export async function perform(action: Action, context: ActionContext): Promise<KubernetesObject | undefined> {
  const { world, rollout, fill } = context;
  const { api } = world;
  const asUs = { fieldManager: defaultFieldManager };
  const mergeStatus = (status: object) => api.mergePatch(rollout, { status }, { ...asUs, subresource: 'status' });
  const replace = (path: string, value: unknown) => api.patch(rollout, [{ op: 'replace', path, value }], asUs);
  if ('resume' in action) return mergeStatus({ pauseConditions: null });
  if ('abort' in action) return mergeStatus({ abort: true });
  if ('retry' in action) return mergeStatus({ abort: false });
  if ('promoteFull' in action) return mergeStatus({ promoteFull: true });
  if ('nudge' in action) {
    const annotations = { 'tidegate.dev/nudge': String(context.nextNumber()) };
    return api.mergePatch(rollout, { metadata: { annotations } }, asUs);
  }
  if ('scale' in action) {
    return api.mergePatch(rollout, { spec: { replicas: action.scale } }, { fieldManager: scaleFieldManager });
  }
  if ('image' in action) return replace('/spec/template/spec/containers/0/image', action.image);
  if ('template' in action) return replace('/spec/template', fill(action.template));
  if ('mergePatch' in action) return api.mergePatch(rollout, fill(action.mergePatch), writeOptions(action));
  if ('jsonPatch' in action) {
    return api.patch(rollout, fill(action.jsonPatch) as JsonPatchOperation[], writeOptions(action));
  }
  if ('apply' in action) {
    const object = fill(action.apply) as unknown as KubernetesObject;
    const kind = kindNamed(object.kind);
    const applied = await api.apply(object, kind, { fieldManager: action.fieldManager, force: action.force });
    return kind === kinds.rollout ? applied : undefined;
  }
  if ('create' in action) await create(api, fill(action.create));
  else if ('delete' in action) await api.delete(action.delete === true ? rollout : refOf(action.delete, rollout));
  else if ('stopController' in action) await world.stopArgo();
  else if ('startController' in action) await world.startArgo();
  else context.prometheus?.answer(action.prometheus);
  return undefined;
}

/** Creates an object of any kind we know. */
export async function create(api: KubernetesApi, given: Readonly<Record<string, unknown>>): Promise<void> {
  const object = given as unknown as KubernetesObject;
  await api.create(object, kindNamed(object.kind), { fieldManager: defaultFieldManager });
}

/** Another object of the Rollout's namespace. */
export function refOf(other: { readonly kind: string; readonly name: string }, { namespace }: ObjectRef): ObjectRef {
  return { kind: kindNamed(other.kind), namespace, name: other.name };
}

function writeOptions(action: {
  readonly fieldManager?: string | undefined;
  readonly subresource?: 'status' | undefined;
}) {
  return {
    fieldManager: action.fieldManager ?? defaultFieldManager,
    ...(action.subresource ? { subresource: action.subresource } : {}),
  };
}

function kindNamed(name: string): ResourceKind {
  const found = [...Object.values<ResourceKind>(kinds), ingress].find((kind) => kind.kind === name);
  if (!found) throw new Error(`scenarios know no kind ${name}`);
  return found;
}
