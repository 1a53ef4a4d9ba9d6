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

const defaultFieldManager = 'tidegate';
const scaleFieldManager = 'kubectl-scale';

/** What a step is called in the milestones. */
export function describeAction(action: Action): string {
  if ('scale' in action) return `scale ${action.scale}`;
  if ('image' in action) return `image ${action.image}`;
  if ('apply' in action) return action.force ? 'apply by force' : 'apply';
  return Object.keys(action)[0] ?? 'nothing';
}

/** Sends one step and gives the Rollout as it was written, if it was; rejects with the error of the API as it came. */
export async function perform(action: Action, context: ActionContext): Promise<KubernetesObject | undefined> {
  const { world, rollout, fill } = context;
  const { api } = world;
  const asUs = { fieldManager: defaultFieldManager };
  const mergeStatus = (status: object) => api.mergePatch(rollout, { status }, { ...asUs, subresource: 'status' });
  const replace = (path: string, value: unknown) => api.patch(rollout, [{ op: 'replace', path, value }], asUs);
  if ('resume' in action) return mergeStatus({ pauseConditions: null });
  if ('abort' in action) return mergeStatus({ abort: true });
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
    return api.apply(object, kindOf(object), { fieldManager: action.fieldManager, force: action.force });
  }
  if ('create' in action) await create(api, fill(action.create));
  else if ('stopController' in action) await world.stopArgo();
  else if ('startController' in action) await world.startArgo();
  else context.prometheus?.answer(action.prometheus);
  return undefined;
}

/** Creates an object of any kind we know. */
export async function create(api: KubernetesApi, given: Readonly<Record<string, unknown>>): Promise<void> {
  const object = given as unknown as KubernetesObject;
  await api.create(object, kindOf(object), { fieldManager: defaultFieldManager });
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

function kindOf(object: KubernetesObject): ResourceKind {
  const found = Object.values<ResourceKind>(kinds).find((kind) => kind.kind === object.kind);
  if (!found) throw new Error(`scenarios know no kind ${object.kind}`);
  return found;
}
