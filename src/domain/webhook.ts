import type { NoticeSeverity } from './notice.ts';

/** How a webhook's body reads: our JSON, a message for a Slack-compatible receiver, or a CloudEvent. */
export type WebhookFormat = 'json' | 'slack' | 'cloudevents';

/** One entry of a Secret in the hub. */
export interface SecretEntry {
  readonly namespace: string;
  readonly name: string;
  readonly key: string;
}

/** Where notices go; an address that is a secret itself, as a chat's is, stands in a Secret. */
export type WebhookAddress =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'secretRef'; readonly secret: SecretEntry };

/** Which notices; every part that is given must match, `null` matches everything. */
export interface NoticeScope {
  readonly releases: readonly string[] | null;
  readonly workloads: readonly string[] | null;
  readonly waves: readonly string[] | null;
  /** A wave that holds a tenant of one of these tiers. */
  readonly tiers: readonly string[] | null;
  /** A wave that holds a tenant with all of these labels. */
  readonly labels: Readonly<Record<string, string>> | null;
}

/** Somebody outside who wants to be told. */
export interface Webhook {
  readonly name: string;
  readonly address: WebhookAddress;
  readonly format: WebhookFormat;
  /** The key that bodies are signed with; `null`: they are not. */
  readonly signing: SecretEntry | null;
  /** The least severity that is told. */
  readonly severity: NoticeSeverity;
  readonly scope: NoticeScope;
  /** Whether the address may be a private one. */
  readonly allowPrivate: boolean;
}
