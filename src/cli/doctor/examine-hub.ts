import { crds } from '../../config/crds.ts';
import { checkHub } from '../../controller/checkup/cluster-checkup.ts';
import { counted, type Finding, findingsOf, someOf } from '../../controller/checkup/finding.ts';
import { InvalidInput } from '../../domain/errors.ts';
import type { PlanningInput } from '../../ports/release-store.ts';
import type { HubConnection } from '../composition.ts';
import { daemonOf, neededRights } from './daemon-rights.ts';
import type { PlaceReport } from './report.ts';

const { ok, warning, error } = findingsOf('declarations');

/** The hub's report, and what is declared there; `null` when that cannot be read. */
export interface ExaminedHub {
  readonly place: PlaceReport;
  readonly input: PlanningInput | null;
}

/** Looks at the hub, and reads what is declared there. */
export async function examineHub(hub: HubConnection, leaseName: string): Promise<ExaminedHub> {
  const { api, clock, namespace } = hub;
  const startedAt = clock.now();
  let input: PlanningInput | null = null;
  const declarations = async (): Promise<readonly Finding[]> => {
    try {
      input = await hub.store(() => undefined).loadPlanningInput();
      return judge(input);
    } catch (cause) {
      if (!(cause instanceof InvalidInput)) throw cause;
      const message = cause.message.split('\n').join('; ');
      return [error('DeclarationsInvalid', message, 'correct and apply them: tidegate lint -f FOLDER')];
    }
  };
  const findings = await checkHub(
    {
      api,
      rights: async () => neededRights('hub', namespace, await daemonOf(api, namespace)),
      definitions: crds(),
      lease: { namespace, name: leaseName },
      more: [{ name: 'declarations', look: declarations }],
    },
    clock,
  );
  return { place: { kind: 'hub', name: hub.description, tookMs: clock.now() - startedAt, findings }, input };
}

function judge({ fleet, workloads }: PlanningInput): readonly Finding[] {
  const { clusters, metricSources, tenants } = fleet;
  const counts = [
    counted(clusters.length, 'cluster'),
    counted(tenants.length, 'tenant'),
    counted(workloads.length, 'workload'),
  ];
  const message = counts.join(', ');
  if (clusters.length === 0 || workloads.length === 0)
    return [warning('NothingDeclared', message, 'declare the fleet: tidegate apply -f FOLDER')];
  const known = new Set(metricSources.map(({ name }) => name));
  const unmeasured = clusters
    .filter(({ metrics }) => !known.has(metrics))
    .map(({ name, metrics }) => `${name} (${metrics})`);
  if (unmeasured.length === 0) return [ok('Declared', message)];
  const missing = `clusters whose metric source is not declared: ${someOf(unmeasured)}`;
  return [error('UnknownSource', missing, 'declare the source, or correct metrics of the cluster')];
}
