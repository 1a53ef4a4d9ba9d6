import { readFile } from 'node:fs/promises';
import { readStatus } from '../adapters/hub/hub-store.ts';
import type { Plan } from '../domain/plan.ts';
import { verifyPlan } from '../planning/hash.ts';
import type { HubChoice, HubConnection } from './composition.ts';
import { badArgument } from './failure.ts';
import { listReleases, readRelease, specOf } from './release/release-reader.ts';

/**
 * The plan that another one is compared with: `running` (that of the newest release of the workload which has one and was not refused), a
 * release of the hub, or a JSON file that `tidegate plan --output json` wrote.
 *
 * @throws InvalidInput when there is none
 */
export async function comparedPlan(wanted: string, workload: string, choice: HubChoice): Promise<Plan> {
  if (wanted.endsWith('.json')) return planOfFile(wanted);
  const { connectHub } = await import('./composition.ts');
  const hub = await connectHub(choice);
  try {
    const name = wanted === 'running' ? await runningRelease(hub, workload) : wanted;
    const { view } = await readRelease(hub, name);
    if (view.plan === null) throw badArgument(`--diff: release ${name} has no plan yet`);
    return view.plan;
  } finally {
    await hub.close();
  }
}

async function runningRelease(hub: HubConnection, workload: string): Promise<string> {
  const planned = (await listReleases(hub)).filter((object) => {
    const status = readStatus(object['status']);
    return status?.planHash != null && status.phase !== 'Refused' && specOf(object).workload === workload;
  });
  const newest = planned.sort((a, b) =>
    (a.metadata.creationTimestamp ?? '') < (b.metadata.creationTimestamp ?? '') ? 1 : -1,
  )[0];
  if (newest === undefined)
    throw badArgument(`--diff running: no release of workload ${workload} has a plan in the hub`);
  return newest.metadata.name;
}

async function planOfFile(path: string): Promise<Plan> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw badArgument(`--diff: reading ${path}: ${error.code ?? String(error)}`);
  });
  const plan = planIn(text);
  if (plan !== null) return plan;
  throw badArgument(`--diff: ${path} is no plan that tidegate plan --output json wrote`);
}

/** `null` when it is none. @throws InvalidInput when its hash is not that of its content */
function planIn(text: string): Plan | null {
  try {
    const { plan } = JSON.parse(text) as { readonly plan?: Plan };
    return plan?.schema === 1 ? verifyPlan(plan) : null;
  } catch (error) {
    // a document of another shape is no plan
    if (error instanceof SyntaxError || error instanceof TypeError) return null;
    throw error;
  }
}
