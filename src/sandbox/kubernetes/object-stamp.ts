import { formatInstant } from '../../domain/time.ts';
import type { Clock } from '../../ports/clock.ts';
import type { KubernetesObject } from '../../ports/kubernetes-api.ts';
import { type JsonObject, objectAt } from './json-value.ts';
import type { Resource } from './resource.ts';

/** The clock's time as Kubernetes writes it: RFC 3339, whole seconds. */
export function secondsOf(clock: Clock): string {
  return formatInstant(clock.now()).replace(/\.\d+Z$/, 'Z');
}

/** A uid in the form of a UUID, made of the cluster's name and a counter. */
export function uidOf(cluster: string, count: number): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < cluster.length; i += 1) hash = Math.imul(hash ^ cluster.charCodeAt(i), 0x01000193) >>> 0;
  return `${hash.toString(16).padStart(8, '0')}-0000-4000-8000-${count.toString(16).padStart(12, '0')}`;
}

/** Gives an object with `generateName` a name that ends in the counter. */
export function withGeneratedName(object: KubernetesObject, count: number): KubernetesObject {
  const prefix = objectAt(object, 'metadata')['generateName'];
  if ((object.metadata.name ?? '') !== '' || typeof prefix !== 'string') return object;
  return { ...object, metadata: { ...object.metadata, name: `${prefix}${count.toString(36).padStart(5, '0')}` } };
}

/** The status that the server gives a definition as soon as its kind is served. */
export function establishedStatus(definition: KubernetesObject): JsonObject {
  const names = objectAt(objectAt(definition, 'spec'), 'names');
  const lastTransitionTime = definition.metadata.creationTimestamp;
  return {
    acceptedNames: names,
    storedVersions: [],
    conditions: [
      {
        type: 'NamesAccepted',
        status: 'True',
        reason: 'NoConflicts',
        message: 'no conflicts found',
        lastTransitionTime,
      },
      {
        type: 'Established',
        status: 'True',
        reason: 'InitialNamesAccepted',
        message: 'the initial names have been accepted',
        lastTransitionTime,
      },
    ],
  };
}

/** The finalizers of an object, none when it has none. */
export function finalizersOf(object: KubernetesObject): readonly unknown[] {
  const finalizers = objectAt(object, 'metadata')['finalizers'];
  return Array.isArray(finalizers) ? finalizers : [];
}

/** What the server itself adds to a new object: the name label and the phase of a Namespace. */
export function withServerFields(resource: Resource, object: KubernetesObject): KubernetesObject {
  if (resource.group !== '' || resource.plural !== 'namespaces') return object;
  const labels = { ...object.metadata.labels, 'kubernetes.io/metadata.name': object.metadata.name };
  const metadata = { ...object.metadata, labels };
  return { ...object, metadata, spec: { finalizers: ['kubernetes'] }, status: { phase: 'Active' } };
}
