import type { Answer, Routes } from './http-server.ts';
import { placement, readinessAnswer } from './readiness.ts';
import type { Telemetry } from './telemetry.ts';

/** Tells that the process gets to answer, no more: killing it mends no cluster. */
const ALIVE: Answer = { status: 200, type: 'application/json', body: '{"status":"ok"}\n' };

/** What a daemon answers to Prometheus and to a kubelet. */
export function operationsRoutes(telemetry: Telemetry): Routes {
  return new Map<string, () => Answer | Promise<Answer>>([
    ['/metrics', () => telemetry.metrics()],
    ['/healthz', () => ALIVE],
    ['/readyz', () => readinessAnswer(telemetry.readiness())],
    ['/readyz/hub', () => readinessAnswer(placement(telemetry.readiness()))],
  ]);
}
