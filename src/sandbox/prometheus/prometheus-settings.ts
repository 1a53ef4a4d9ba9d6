/** Something that Prometheus scrapes. */
export interface ScrapeTarget {
  /** `http://127.0.0.1:8080/metrics?cluster=eu` */
  readonly url: string;
  /** Added to every series of it. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The configuration file, as JSON, which is YAML. A series' own labels win over those of the target. */
export function prometheusConfig(targets: readonly ScrapeTarget[], scrapeIntervalMs: number): string {
  const timeoutMs = Math.min(scrapeIntervalMs, 10_000);
  return JSON.stringify({
    global: { scrape_interval: `${scrapeIntervalMs}ms`, scrape_timeout: `${timeoutMs}ms` },
    scrape_configs: targets.map(({ url, labels }, i) => {
      const { protocol, host, pathname, searchParams } = new URL(url);
      return {
        job_name: `sandbox-${i}`,
        honor_labels: true,
        scheme: protocol.slice(0, -1),
        metrics_path: pathname,
        params: Object.fromEntries([...new Set(searchParams.keys())].map((name) => [name, searchParams.getAll(name)])),
        static_configs: [{ targets: [host], labels }],
      };
    }),
  });
}

/** The command line. Loopback only; remote write is on, so that tests can bring data without waiting for a scrape. */
export function prometheusArguments(files: {
  readonly configFile: string;
  readonly dataDir: string;
  readonly port: number;
  readonly features: readonly string[];
}): readonly string[] {
  return [
    `--config.file=${files.configFile}`,
    `--storage.tsdb.path=${files.dataDir}`,
    '--storage.tsdb.retention.time=1d',
    `--web.listen-address=127.0.0.1:${files.port}`,
    '--web.enable-remote-write-receiver',
    '--log.level=warn',
    ...(files.features.length > 0 ? [`--enable-feature=${files.features.join(',')}`] : []),
  ];
}
