import { findPrometheus } from '../../../src/sandbox/prometheus/find-prometheus.ts';
import { PrometheusUnavailable } from '../../../src/sandbox/prometheus/prometheus-unavailable.ts';

/** The path of a Prometheus; `null` where none can be had. */
export async function prometheusBinary(): Promise<string | null> {
  try {
    return await findPrometheus({ log: (line) => process.stderr.write(`${line}\n`) });
  } catch (error) {
    if (error instanceof PrometheusUnavailable) return null;
    throw error;
  }
}
