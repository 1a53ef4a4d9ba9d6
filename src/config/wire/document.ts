import { z } from 'zod';
import { labels, namespaceName, objectName } from './scalars.ts';

/** Group and version of every kind of ours. */
export const API_VERSION = 'tidegate.dev/v1alpha1';

/** What Kubernetes keeps about an object; only name, namespace, labels and annotations are people's. */
export const objectMetadata = z.strictObject({
  name: objectName,
  namespace: namespaceName.optional(),
  labels: labels.optional(),
  annotations: z.record(z.string(), z.string()).optional(),
  uid: z.string().optional(),
  resourceVersion: z.string().optional(),
  generation: z.number().optional(),
  generateName: z.string().optional(),
  selfLink: z.string().optional(),
  creationTimestamp: z.unknown().optional(),
  deletionTimestamp: z.unknown().optional(),
  deletionGracePeriodSeconds: z.number().optional(),
  finalizers: z.array(z.string()).optional(),
  ownerReferences: z.array(z.unknown()).optional(),
  managedFields: z.array(z.unknown()).optional(),
});

/** Anything; what the daemon writes and people only read. */
export const anyStatus = z.looseObject({}).meta({ 'x-kubernetes-preserve-unknown-fields': true });

/** A whole object of a kind: type, metadata, spec, status. */
export function documentOf<K extends string, S extends z.ZodType, T extends z.ZodType = typeof anyStatus>(
  kind: K,
  spec: S,
  status?: T,
) {
  return z.strictObject({
    apiVersion: z.literal(API_VERSION),
    kind: z.literal(kind),
    metadata: objectMetadata,
    spec,
    status: (status ?? anyStatus).optional(),
  });
}
