/** No Prometheus can be had or started here; the message says what to do. */
export class PrometheusUnavailable extends Error {
  override readonly name = 'PrometheusUnavailable';
}
