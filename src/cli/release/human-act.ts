import { userInfo } from 'node:os';
import { parseDocument } from '../../config/parse-document.ts';
import { API_VERSION } from '../../config/wire/document.ts';
import { ConflictError, InvalidInput, TerminalError } from '../../domain/errors.ts';
import { labelKeys } from '../../manifests/labels.ts';
import { labelValue } from '../../manifests/names.ts';
import { whoAmI } from '../../ports/access-review.ts';
import { FIELD_MANAGER, kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import type { HubConnection } from '../composition.ts';
import type { SeenRelease } from './release-reader.ts';

/** What a person does about a release. */
export interface HumanAct {
  readonly kind: 'approval' | 'freeze' | 'rollback';
  readonly name: string;
  readonly spec: Readonly<Record<string, unknown>>;
}

/**
 * Who acts: whom `--by` names, else the user that the hub knows us as, for it lets people act under that name alone. A server that cannot tell
 * (before Kubernetes 1.28) checks no names either: the user of the operating system then.
 */
export async function whoActs(hub: { readonly api: KubernetesApi }, by: string | undefined): Promise<string> {
  return by ?? (await knownName(hub.api)) ?? userInfo().username;
}

async function knownName(api: KubernetesApi): Promise<string | null> {
  try {
    return (await whoAmI(api)).name || null;
  } catch (error) {
    if (error instanceof TerminalError) return null;
    throw error;
  }
}

/** Makes the object of an act; `false` when it was there already. @throws InvalidInput when its kind does not allow it */
export async function createAct(hub: HubConnection, release: SeenRelease, act: HumanAct): Promise<boolean> {
  const kind = kinds[act.kind];
  const owner = { apiVersion: API_VERSION, kind: kinds.release.kind, name: release.spec.name, uid: release.uid };
  const object: KubernetesObject = {
    apiVersion: API_VERSION,
    kind: kind.kind,
    metadata: {
      name: act.name,
      namespace: hub.namespace,
      labels: { [labelKeys.release]: labelValue(release.spec.name) },
      // a release that is made again under its name must not find the acts of the one before
      ownerReferences: [owner],
    },
    spec: act.spec,
  };
  const reading = parseDocument(object, `${kind.kind}/${act.name}`);
  if (reading.outcome === 'refused') throw new InvalidInput(reading.issues);
  try {
    await hub.api.create(object, kind, { fieldManager: FIELD_MANAGER });
    return true;
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
    return false;
  }
}

/** A name for an act from its parts: the same parts, the same name. What a name cannot carry is written as its code; a long one ends in a hash. */
export function actName(...parts: readonly string[]): string {
  const encoded = parts.map((part) =>
    part.replaceAll(/[^a-z0-9.-]/g, (character) => `x${character.codePointAt(0)?.toString(16)}`),
  );
  return labelValue(encoded.join('-'));
}
