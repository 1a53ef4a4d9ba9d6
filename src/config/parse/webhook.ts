import type { NoticeScope, SecretEntry, Webhook } from '../../domain/webhook.ts';
import type { WireDocument } from '../wire/kinds.ts';

const DEFAULT_NAMESPACE = 'default';

/** A Webhook document as the domain knows it. */
export function parseWebhook({ metadata, spec }: WireDocument<'Webhook'>): Webhook {
  const entryOf = (secret: { readonly name: string; readonly key: string }): SecretEntry => ({
    namespace: metadata.namespace ?? DEFAULT_NAMESPACE,
    ...secret,
  });
  return {
    name: metadata.name,
    address:
      spec.urlFrom === undefined
        ? { kind: 'url', url: spec.url! }
        : { kind: 'secretRef', secret: entryOf(spec.urlFrom.secretRef) },
    format: spec.format,
    signing: spec.signing === undefined ? null : entryOf(spec.signing.secretRef),
    severity: spec.severity,
    scope: scopeOf(spec.scope ?? {}),
    allowPrivate: spec.allowPrivate,
  };
}

function scopeOf(scope: NonNullable<WireDocument<'Webhook'>['spec']['scope']>): NoticeScope {
  return {
    releases: scope.releases ?? null,
    workloads: scope.workloads ?? null,
    waves: scope.waves ?? null,
    tiers: scope.tiers ?? null,
    labels: scope.labels ?? null,
  };
}
