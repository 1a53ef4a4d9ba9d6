import { writeFileSync } from 'node:fs';
import { stringify } from 'yaml';

/** What the lab's Prometheus scrapes. */
export interface PrometheusOptions {
  /** `host:port` of each target; all under the job `lab`. */
  readonly scrapeTargets: readonly string[];
  /** @default 1000 */
  readonly scrapeIntervalMs?: number;
}

/** Writes a Prometheus configuration with one job. */
export function writePrometheusConfig(path: string, options: PrometheusOptions): void {
  const interval = `${options.scrapeIntervalMs ?? 1000}ms`;
  const config = {
    global: { scrape_interval: interval, scrape_timeout: interval, evaluation_interval: interval },
    scrape_configs: [{ job_name: 'lab', honor_labels: true, static_configs: [{ targets: options.scrapeTargets }] }],
  };
  writeFileSync(path, stringify(config, { version: '1.1' }));
}
