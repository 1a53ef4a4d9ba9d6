import { TerminalError } from '../../domain/errors.ts';
import { mayI } from '../../ports/access-review.ts';
import { kinds } from '../../ports/kinds.ts';
import type { KubernetesApi, KubernetesObject } from '../../ports/kubernetes-api.ts';
import { counted, type Finding, findingsOf, someOf } from './finding.ts';

/** What we compare of a definition; all of it may be absent in what a server gives. */
interface Definition {
  readonly metadata: KubernetesObject['metadata'];
  readonly spec?: { readonly versions?: readonly DefinitionVersion[] };
  readonly status?: { readonly conditions?: readonly { readonly type?: string; readonly status?: string }[] };
}

interface DefinitionVersion {
  readonly name?: string;
  readonly served?: boolean;
  readonly schema?: { readonly openAPIV3Schema?: Schema };
}

interface Schema {
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly [field: string]: unknown;
}

const own = findingsOf('own kinds');

/** Whether the hub has our kinds, as this version knows them. */
export async function checkOwnKinds(
  api: KubernetesApi,
  expected: readonly KubernetesObject[],
): Promise<readonly Finding[]> {
  if (!(await mayReadDefinitions(api))) {
    await api.list(kinds.release, { namespace: null, limit: 1 });
    return [own.ok('KindsServed', `served; these credentials do not show whether all ${expected.length} are current`)];
  }
  const read = await Promise.all(
    expected.map(async (one) => ({ name: one.metadata.name, one, live: await definition(api, one.metadata.name) })),
  );
  const missing = read.filter(({ live }) => live === undefined);
  const notServed = read.filter(({ live }) => live !== undefined && !isEstablished(live));
  const outdated = read.filter(({ one, live }) => live !== undefined && schemaOf(live) !== schemaOf(one));
  const remedy = 'run tidegate install with this version';
  const tell = (found: readonly { readonly name: string }[], make: (names: string) => Finding) =>
    found.length === 0 ? [] : [make(someOf(found.map(({ name }) => name)))];
  const found = [
    ...tell(missing, (names) => own.error('KindMissing', `not installed: ${names}`, remedy)),
    ...tell(notServed, (names) => own.error('KindNotServed', `not served: ${names}`, remedy)),
    ...tell(outdated, (names) => own.warning('KindOutdated', `of another version of Tidegate: ${names}`, remedy)),
  ];
  return found.length > 0 ? found : [own.ok('KindsCurrent', `${counted(expected.length, 'kind')}, all current`)];
}

const argo = findingsOf('argo kinds');
const INSTALL_ARGO = 'install Argo Rollouts 1.9 or newer, definitions and controller';

/** Fields without which no release goes on or back. @see reference of the Rollout of Argo Rollouts */
const NEEDED_FIELDS: readonly string[] = [
  'spec.strategy.canary.steps',
  'spec.strategy.canary.analysis',
  'spec.rollbackWindow',
  'spec.progressDeadlineAbort',
  'status.abort',
  'status.abortedAt',
  'status.controllerPause',
  'status.currentPodHash',
  'status.currentStepIndex',
  'status.observedGeneration',
  'status.pauseConditions',
  'status.promoteFull',
  'status.stableRS',
];

/** Whether the kinds of Argo Rollouts are there, with the fields that a release needs. */
export async function checkArgoKinds(api: KubernetesApi): Promise<readonly Finding[]> {
  if (!(await mayReadDefinitions(api))) return [await argoServed(api)];
  const names = [kinds.rollout, kinds.analysisTemplate, kinds.analysisRun].map(
    ({ plural, group }) => `${plural}.${group}`,
  );
  const [rollout, ...others] = await Promise.all(names.map((name) => definition(api, name)));
  const missing = names.filter((_, index) => [rollout, ...others][index] === undefined);
  if (rollout === undefined || missing.length > 0)
    return [argo.error('ArgoMissing', `not installed: ${missing.join(', ')}`, INSTALL_ARGO)];
  const absent = NEEDED_FIELDS.filter((path) => !hasField(rootSchema(rollout), path.split('.')));
  if (absent.length > 0)
    return [argo.error('ArgoTooOld', `the definition of Rollout has no ${absent.join(', ')}`, INSTALL_ARGO)];
  return [argo.ok('ArgoCurrent', `installed, with every field that is needed${saidVersion(rollout)}`)];
}

/** What can be told without reading definitions, which the daemon may not. */
async function argoServed(api: KubernetesApi): Promise<Finding> {
  const { plural: resource, group } = kinds.rollout;
  try {
    await api.list(kinds.rollout, { namespace: null, limit: 1 });
    return argo.ok('ArgoServed', 'served; these credentials do not show the definition, and so not its fields');
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const { allowed } = await mayI(api, { verb: 'list', group, resource });
    if (!allowed)
      return argo.warning(
        'ArgoUnknown',
        'these credentials do not show whether it is installed',
        'grant the rights that are missing',
      );
    return argo.error('ArgoMissing', error.message, INSTALL_ARGO);
  }
}

async function mayReadDefinitions(api: KubernetesApi): Promise<boolean> {
  const { plural: resource, group } = kinds.customResourceDefinition;
  return (await mayI(api, { verb: 'get', group, resource })).allowed;
}

async function definition(api: KubernetesApi, name: string): Promise<Definition | undefined> {
  return await api.get({ kind: kinds.customResourceDefinition, namespace: null, name });
}

function isEstablished({ status }: Definition): boolean {
  return status?.conditions?.some(({ type, status: value }) => type === 'Established' && value === 'True') ?? false;
}

const servedVersion = (live: Definition) => live.spec?.versions?.find(({ served }) => served === true);

function rootSchema(live: Definition): Schema {
  return servedVersion(live)?.schema?.openAPIV3Schema ?? {};
}

/** As text with its keys in order; what a server adds by default stands outside of the schema. */
function schemaOf(live: Definition): string {
  return JSON.stringify(inOrder(rootSchema(live)));
}

function inOrder(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inOrder);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, inOrder(member)]),
  );
}

function hasField(schema: Schema, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  const next = schema.properties?.[first];
  return next !== undefined && hasField(next, rest);
}

/** The definition does not hold Argo's version; charts and operators write labels. */
function saidVersion({ metadata: { labels, annotations } }: Definition): string {
  const version = labels?.['app.kubernetes.io/version'] ?? labels?.['helm.sh/chart'];
  if (version !== undefined) return ` (${version})`;
  const generator = annotations?.['controller-gen.kubebuilder.io/version'];
  return generator === undefined ? '' : ` (generated by controller-gen ${generator})`;
}
