import { z } from 'zod';
import { readFiles } from '../adapters/files/read-files.ts';
import type { DocumentPath } from '../config/document-path.ts';
import { type DocumentSource, issueAt, objectSource, type Report } from '../config/document-source.ts';
import { suggestion } from '../config/nearest-name.ts';
import { validate } from '../config/validate.ts';
import { readYamlDocuments } from '../config/yaml-documents.ts';
import { type InputIssue, InvalidInput } from '../domain/errors.ts';
import type { Tenant } from '../domain/fleet.ts';
import type { Plan } from '../domain/plan.ts';
import type { Behaviour, TrafficModel, TrafficTenant, Whom } from '../sandbox/traffic/traffic-model.ts';

const shareRatio = z.number().min(0).max(1);
const whom = { tier: z.string().optional(), tenants: z.array(z.string()).optional() };
const behaviour = z.strictObject({
  slow: z.strictObject({ share: shareRatio, seconds: z.number().positive(), ...whom }).optional(),
  failing: z.strictObject({ share: shareRatio, ...whom }).optional(),
  unmeasured: z.strictObject(whom).optional(),
});
const requestsPerSecond = z.record(z.string(), z.number().min(0));
const trafficDocument = z.strictObject({
  baseline: z.string(),
  requestsPerSecond,
  tenants: requestsPerSecond.default({}),
  versions: z.record(z.string(), z.array(behaviour)).default({}),
});

type WireBehaviour = z.output<typeof behaviour>;

/** Tenants' traffic as a person wrote it down; tenants by name. */
export interface DeclaredTraffic {
  /** Name of the version that the workloads' own images are. */
  readonly baseline: string;
  readonly source: DocumentSource;
  readonly document: z.output<typeof trafficDocument>;
}

/** Everybody asks often enough to be measured, and every version is healthy. */
export const evenTraffic: DeclaredTraffic = {
  baseline: 'baseline',
  source: objectSource('even traffic'),
  document: { baseline: 'baseline', requestsPerSecond: {}, tenants: {}, versions: {} },
};

/** Requests a second of a tenant whose tier is not named. */
const EVEN_RATE = 100;

/** Reads a traffic file. @throws InvalidInput with every issue and its line */
export async function readTraffic(path: string): Promise<DeclaredTraffic> {
  const [file] = await readFiles([path]);
  const { documents, issues: unreadable } = readYamlDocuments(file!);
  const issues: InputIssue[] = [...unreadable];
  const [first] = documents;
  if (first === undefined && issues.length === 0) issues.push(issueAt(objectSource(path), [], 'the file is empty'));
  const source = first?.source ?? objectSource(path);
  const report: Report = (at, message, part) => issues.push(issueAt(source, at, message, part));
  const document = first === undefined ? null : validate(trafficDocument, first.value, report);
  if (document === null || issues.length > 0) throw new InvalidInput(issues);
  return { baseline: document.baseline, source, document };
}

/** The model of a fleet's traffic. @throws InvalidInput for a tenant that the fleet does not have */
export function trafficModel(
  declared: DeclaredTraffic,
  tenants: readonly Tenant[],
  plans: readonly Plan[],
): TrafficModel {
  const { document, source } = declared;
  const idOf = new Map(tenants.map(({ name, id }) => [name, id]));
  const issues: InputIssue[] = [];
  const lookUp = (name: string, path: DocumentPath): string => {
    const id = idOf.get(name);
    if (id === undefined)
      issues.push(issueAt(source, path, `unknown tenant "${name}"${suggestion(name, idOf.keys())}`));
    return id ?? name;
  };
  const rates = new Map(
    Object.entries(document.tenants).map(([name, rate]) => [lookUp(name, ['tenants', name]), rate]),
  );
  const versions = Object.entries(document.versions).map(([version, behaviours]) => {
    const path = ['versions', version];
    return [version, behaviours.flatMap((one, index) => behavioursOf(one, [...path, index], lookUp, issues, source))];
  });
  if (issues.length > 0) throw new InvalidInput(issues);
  return {
    tenants: plans.flatMap((plan) => trafficTenants(plan, document.requestsPerSecond, rates)),
    requestsPerSecond: document.requestsPerSecond,
    versions: Object.fromEntries(versions) as TrafficModel['versions'],
  };
}

function trafficTenants(
  plan: Plan,
  byTier: Readonly<Record<string, number>>,
  byId: ReadonlyMap<string, number>,
): readonly TrafficTenant[] {
  const known = new Map(plan.tenants.map((tenant) => [tenant.name, tenant]));
  return plan.waves
    .flatMap((wave) => wave.targets)
    .flatMap(({ cluster, namespace, rollout, tenants }) =>
      tenants
        .map((name) => known.get(name))
        .filter((tenant) => tenant !== undefined)
        .map(({ id, tier }) => {
          const requestsPerSecond = byId.get(id) ?? byTier[tier] ?? EVEN_RATE;
          return { id, tier, cluster, namespace, rollout, requestsPerSecond };
        }),
    );
}

function behavioursOf(
  { slow, failing, unmeasured }: WireBehaviour,
  path: DocumentPath,
  lookUp: (name: string, path: DocumentPath) => string,
  issues: InputIssue[],
  source: DocumentSource,
): readonly Behaviour[] {
  const given = [slow, failing, unmeasured].filter((one) => one !== undefined);
  if (given.length !== 1) issues.push(issueAt(source, path, 'expected exactly one of slow, failing, unmeasured'));
  const touched = (who: {
    readonly tier?: string | undefined;
    readonly tenants?: readonly string[] | undefined;
  }): readonly Whom[] => {
    const tier = who.tier ?? null;
    if (who.tenants === undefined) return [{ tier, tenant: null }];
    return who.tenants.map((name) => ({ tier, tenant: lookUp(name, path) }));
  };
  return [
    ...(slow === undefined ? [] : touched(slow)).map(
      (one): Behaviour => ({ kind: 'slow', whom: one, shareRatio: slow!.share, seconds: slow!.seconds }),
    ),
    ...(failing === undefined ? [] : touched(failing)).map(
      (one): Behaviour => ({ kind: 'failing', whom: one, errorRatio: failing!.share }),
    ),
    ...(unmeasured === undefined ? [] : touched(unmeasured)).map(
      (one): Behaviour => ({ kind: 'unmeasured', whom: one }),
    ),
  ];
}
