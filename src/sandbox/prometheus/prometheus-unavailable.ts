/** No Prometheus can be had or started here; the message says what to do. */
export class PrometheusUnavailable extends Error {
  override readonly name = 'PrometheusUnavailable';
}

/** What a person can do when there is no binary. */
export const howToInstall = 'install Prometheus 2.40 or newer and put it on the PATH, or name it with --prometheus-bin';
