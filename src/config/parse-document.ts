import type { InputIssue } from '../domain/errors.ts';
import type { Cluster, MetricSourceSpec, Pool, Tenant } from '../domain/fleet.ts';
import type { Approval, Freeze, ReleaseSpec, RollbackRequest, WavePlan } from '../domain/wave-plan.ts';
import type { Webhook } from '../domain/webhook.ts';
import type { Workload } from '../domain/workload.ts';
import { type DocumentSource, issueAt, objectSource, type Report } from './document-source.ts';
import { nearestName, suggestion } from './nearest-name.ts';
import { isNestedTooDeep, tooDeep } from './nesting.ts';
import { parseCluster, parseMetricSource, parsePool, parseTenant } from './parse/fleet.ts';
import { parseApproval, parseFreeze, parseRelease, parseRollback } from './parse/release.ts';
import { parseWavePlan } from './parse/wave-plan.ts';
import { parseWebhook } from './parse/webhook.ts';
import { parseWorkload } from './parse/workload.ts';
import { validate } from './validate.ts';
import { API_VERSION } from './wire/document.ts';
import { expectedMessage } from './wire/expected.ts';
import { isKindName, type KindName, kindNames, type WireDocument, wireSchemas } from './wire/kinds.ts';

/** What each kind's document becomes. */
export interface ParsedValues {
  readonly MetricSource: MetricSourceSpec;
  readonly Cluster: Cluster;
  readonly Pool: Pool;
  readonly Tenant: Tenant;
  readonly Workload: Workload;
  readonly WavePlan: WavePlan;
  readonly Release: ReleaseSpec;
  readonly Approval: Approval;
  readonly Freeze: Freeze;
  readonly Rollback: RollbackRequest;
  readonly Webhook: Webhook;
  readonly PlanSlice: WireDocument<'PlanSlice'>;
  readonly WaveRun: WireDocument<'WaveRun'>;
}

/** A document that satisfies its schema, as the domain knows it. */
export type ParsedDocument = {
  readonly [K in KindName]: {
    readonly kind: K;
    readonly name: string;
    readonly source: DocumentSource;
    readonly value: ParsedValues[K];
  };
}[KindName];

/** A document, or all that is wrong with it; `kind` and `name` of a refused one as far as they can be told. */
export type DocumentReading =
  | { readonly outcome: 'parsed'; readonly document: ParsedDocument }
  | {
      readonly outcome: 'refused';
      readonly kind: KindName | null;
      readonly name: string | null;
      readonly issues: readonly InputIssue[];
    };

const parsers: { readonly [K in KindName]: (document: WireDocument<K>) => ParsedValues[K] } = {
  MetricSource: parseMetricSource,
  Cluster: parseCluster,
  Pool: parsePool,
  Tenant: parseTenant,
  Workload: parseWorkload,
  WavePlan: parseWavePlan,
  Release: parseRelease,
  Approval: parseApproval,
  Freeze: parseFreeze,
  Rollback: parseRollback,
  Webhook: parseWebhook,
  PlanSlice: (document) => document,
  WaveRun: (document) => document,
};

/** Issues that are told of one document: enough to see what it is. */
const MAX_ISSUES = 100;

/** Reads one object, such as one from the Kubernetes API; `source` names it in issues, `Tenant/acme`. */
export function parseDocument(object: unknown, source: string): DocumentReading {
  if (isNestedTooDeep(object)) {
    const issues = [issueAt(objectSource(source), [], tooDeep)];
    return { outcome: 'refused', kind: null, name: nameOf(object), issues };
  }
  return readDocument(object, objectSource(source));
}

/** Reads one document of any of our kinds; issues carry the source's lines. */
export function readDocument(object: unknown, source: DocumentSource): DocumentReading {
  const issues: InputIssue[] = [];
  const report: Report = (path, message, part) => {
    if (issues.length < MAX_ISSUES) issues.push(issueAt(source, path, message, part));
  };
  const kind = kindOf(object, report);
  const document = kind === null ? null : readAs(kind, object, source, report);
  if (document !== null) return { outcome: 'parsed', document };
  return { outcome: 'refused', kind, name: nameOf(object), issues };
}

function readAs(kind: KindName, object: unknown, source: DocumentSource, report: Report): ParsedDocument | null {
  const document = validate(wireSchemas[kind], object, report);
  if (document === null) return null;
  return { kind, name: document.metadata.name, source, value: parserOf(kind)(document) } as ParsedDocument;
}

/** The parser that belongs to a kind's schema; the compiler cannot follow that the two go together. */
function parserOf(kind: KindName): (document: unknown) => unknown {
  return parsers[kind] as (document: unknown) => unknown;
}

/** The kind of a document, or `null` with a report of what it is instead. */
function kindOf(object: unknown, report: Report): KindName | null {
  if (typeof object !== 'object' || object === null || Array.isArray(object)) {
    report([], expectedMessage('a document with apiVersion, kind, metadata and spec', object));
    return null;
  }
  const { apiVersion, kind } = object as Readonly<Record<string, unknown>>;
  const known = `; known kinds of ${API_VERSION} are ${kindNames.join(', ')}`;
  if (typeof kind !== 'string') report(['kind'], `${expectedMessage('a kind', kind)}${known}`);
  else if (isForeign(apiVersion)) report(['kind'], `${apiVersion} ${kind} is no kind of ours${known}`);
  else if (isKindName(kind)) return kind;
  else
    report(
      ['kind'],
      `unknown kind "${kind}"${nearestName(kind, kindNames) === null ? known : suggestion(kind, kindNames)}`,
    );
  return null;
}

/** True for an apiVersion of another group than ours; a wrong version of our group is for the schema to refuse. */
function isForeign(apiVersion: unknown): apiVersion is string {
  return typeof apiVersion === 'string' && apiVersion.split('/', 1)[0] !== API_VERSION.split('/', 1)[0];
}

function nameOf(object: unknown): string | null {
  const { metadata } = (object ?? {}) as { readonly metadata?: unknown };
  const { name } = (metadata ?? {}) as { readonly name?: unknown };
  return typeof name === 'string' ? name : null;
}
