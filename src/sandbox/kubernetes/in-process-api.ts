import { instant } from '../../domain/time.ts';
import type { ApiServer } from '../../ports/api-server.ts';
import type { KubernetesApi, KubernetesObject, ObjectRef, ResourceKind } from '../../ports/kubernetes-api.ts';
import { type ApiCall, describeCall, errorAfter, errorBefore, type Fault } from './fault.ts';
import { serverVersion } from './http-discovery.ts';
import { watchStore } from './in-process-watch.ts';
import { createMutationCount } from './mutation-count.ts';
import { portError } from './port-error.ts';
import {
  adminUser,
  answerReview,
  authorize,
  type ReviewKind,
  reviewPaths,
  type SandboxUser,
  type WantedAccess,
} from './review.ts';
import { ApiError } from './status-error.ts';
import type { Store } from './store.ts';

/** How a client of the sandbox behaves. */
export interface InProcessOptions {
  /** Told every call before it is carried out. */
  readonly onCall?: (call: ApiCall) => void;
  /** What goes wrong with a call; must be deterministic. @default none */
  readonly faults?: (call: ApiCall) => Fault;
  /** Whose credentials these are. @default an admin */
  readonly user?: SandboxUser;
  /** Others whom reviews know. @default nobody */
  readonly users?: readonly SandboxUser[];
  /** Gap between the bookmarks of a quiet watch. @default 60 000 */
  readonly bookmarkEveryMs?: number;
}

/** A client that also counts what it changed. */
export interface InProcessApi extends KubernetesApi, ApiServer {
  /** Successful mutations, dry runs apart: `patch rollouts.argoproj.io` → how often. */
  mutations(): ReadonlyMap<string, number>;
}

/** Stands for `/version`: it is no resource. */
const VERSION: ResourceKind = { group: '', version: '', kind: 'Version', plural: 'version', namespaced: false };

type Place = Pick<ApiCall, 'namespace' | 'name' | 'subresource'>;

/** A store as a client sees it, without a network: same errors, same order of events, on the store's clock. */
export function createInProcessApi(store: Store, options: InProcessOptions = {}): InProcessApi {
  const mutations = createMutationCount();
  const { user = adminUser('') } = options;
  const users = [user, ...(options.users ?? [])];
  let sequence = 0;

  function begin(verb: ApiCall['verb'], kind: ResourceKind, place: Partial<Place>): { call: ApiCall; fault: Fault } {
    const call: ApiCall = {
      cluster: store.cluster,
      verb,
      kind,
      namespace: place.namespace ?? null,
      name: place.name ?? null,
      subresource: place.subresource ?? null,
      sequence,
    };
    sequence += 1;
    options.onCall?.(call);
    return { call, fault: options.faults?.(call) ?? 'none' };
  }

  async function perform<T>(
    verb: ApiCall['verb'],
    kind: ResourceKind,
    place: Partial<Place>,
    act: () => T,
  ): Promise<T> {
    const { call, fault } = begin(verb, kind, place);
    const before = errorBefore(call, fault);
    if (before !== null) throw before;
    const result = attempt(() => {
      authorize(user, accessOf(call));
      return act();
    }, describeCall(call));
    const after = errorAfter(call, fault);
    if (after !== null) throw after;
    return result;
  }

  async function mutate<T>(
    verb: ApiCall['verb'],
    kind: ResourceKind,
    place: Partial<Place> & { readonly dryRun?: boolean },
    act: () => T,
  ): Promise<T> {
    return perform(verb, kind, place, () => {
      const result = act();
      if (place.dryRun !== true) mutations.add(verb, kind);
      return result;
    });
  }

  return {
    cluster: store.cluster,
    mutations: mutations.counts,
    get: (ref) => perform('get', ref.kind, ref, () => store.get(ref)),
    list: (kind, list) => perform('list', kind, { namespace: list.namespace }, () => store.list(kind, list)),
    watch(kind, watch) {
      return watchStore(store, kind, watch, {
        bookmarkEveryMs: options.bookmarkEveryMs ?? 60_000,
        admit(verb) {
          const { call, fault } = begin(verb, kind, { namespace: watch.namespace });
          const broken = errorBefore(call, fault);
          if (broken !== null) throw broken;
          if (verb === 'watch') attempt(() => authorize(user, accessOf(call)), describeCall(call));
        },
      });
    },
    create: (object, kind, write) => {
      const review = reviewPaths[`${kind.group}/${kind.version}/${kind.plural}`];
      if (review !== undefined) return perform('create', kind, {}, () => answerOf(review, users, user, object));
      return mutate('create', kind, { ...placeOf(object), ...dry(write) }, () => store.create(object, kind, write));
    },
    patch: (ref, operations, write) =>
      mutate('patch', ref.kind, { ...placeOfRef(ref, write.subresource), ...dry(write) }, () =>
        store.jsonPatch(ref, operations, write),
      ),
    mergePatch: (ref, patch, write) =>
      mutate('mergePatch', ref.kind, { ...placeOfRef(ref, write.subresource), ...dry(write) }, () =>
        store.mergePatch(ref, patch, write),
      ),
    apply: (object, kind, write) =>
      mutate('apply', kind, { ...placeOf(object), ...dry(write) }, () => {
        const { name, namespace = null } = object.metadata;
        const isNew = store.get({ kind, namespace, name }) === undefined;
        if (isNew) authorize(user, wantedAccess('create', kind, namespace));
        return store.apply(object, kind, write);
      }),
    async identify() {
      const { call, fault } = begin('get', VERSION, {});
      const broken = errorBefore(call, fault);
      if (broken !== null) throw broken;
      const clockAt = instant(Math.floor(store.clock.now() / 1000) * 1000);
      return { version: serverVersion.gitVersion, clockAt };
    },
    delete: (ref) => mutate('delete', ref.kind, placeOfRef(ref, undefined), () => deleteQuietly(store, ref)),
  };
}

function attempt<T>(act: () => T, doing: string): T {
  try {
    return act();
  } catch (error) {
    throw portError(error, doing);
  }
}

function answerOf(
  kind: ReviewKind,
  users: readonly SandboxUser[],
  user: SandboxUser,
  object: KubernetesObject,
): KubernetesObject {
  return answerReview(kind, users, user, object) as KubernetesObject;
}

const ROLE_VERBS: Partial<Record<ApiCall['verb'], string>> = { mergePatch: 'patch', apply: 'patch' };

/** The call as roles name it. */
function accessOf({ verb, kind, namespace, subresource }: ApiCall): WantedAccess {
  return { ...wantedAccess(ROLE_VERBS[verb] ?? verb, kind, namespace), subresource: subresource ?? '' };
}

function wantedAccess(verb: string, kind: ResourceKind, namespace: string | null): WantedAccess {
  return { verb, group: kind.group, resource: kind.plural, subresource: '', namespace: namespace ?? '' };
}

function deleteQuietly(store: Store, ref: ObjectRef): void {
  try {
    store.delete(ref);
  } catch (error) {
    if (!(error instanceof ApiError && error.code === 404 && error.subject !== null)) throw error;
  }
}

function placeOf(object: KubernetesObject): Partial<Place> {
  return { namespace: object.metadata.namespace ?? null, name: object.metadata.name };
}

function placeOfRef(ref: ObjectRef, subresource: 'status' | undefined): Place {
  return { namespace: ref.namespace, name: ref.name, subresource: subresource ?? null };
}

function dry(write: { readonly dryRun?: boolean }): { readonly dryRun: boolean } {
  return { dryRun: write.dryRun ?? false };
}
