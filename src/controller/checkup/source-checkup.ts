import type { Clock } from '../../ports/clock.ts';
import type { Finding } from './finding.ts';
import { checkSlo, checkSourceServer, type SourceToCheck } from './metric-source.ts';
import { runCheck, runChecks } from './run-checks.ts';

/** Looks at a metric source: whether it answers, then every SLO at once. */
export async function checkSource(source: SourceToCheck, clock: Clock): Promise<readonly Finding[]> {
  const look = (signal: AbortSignal) => checkSourceServer(source, clock, signal);
  const reached = await runCheck({ name: 'server', look }, clock);
  if (reached.some(({ level, reason }) => level === 'error' && reason !== 'ClockSkew')) return reached;
  const checks = source.slos.map((slo) => ({
    name: `slo ${slo.name}`,
    look: (signal: AbortSignal) => checkSlo(source, slo, clock, signal),
  }));
  return [...reached, ...(await runChecks(checks, clock))];
}
