import type { PrometheusProvider } from '../../domain/analysis-template.ts';

/**
 * Why this Prometheus cannot be asked, in Argo's words; `null` when it can.
 *
 * Argo finds this out at each measurement, not before: every one of them is then an error.
 */
export function providerFault(provider: PrometheusProvider, defaultAddress: string | null): string | null {
  const address = provider.address ?? defaultAddress;
  if (address === null) return 'prometheus address is not configured';
  if (!isUrl(address)) return 'prometheus address is not is url format';
  const { authentication } = provider;
  if (authentication.kind === 'oauth2' && (authentication.clientId === '' || authentication.clientSecret === '')) {
    return 'missing mandatory parameter in metric for OAuth2 setup';
  }
  const isNegative = provider.timeoutSeconds !== null && provider.timeoutSeconds < 0;
  return isNegative ? 'prometheus timeout should not be negative' : null;
}

/** True for an address with a scheme and a host. */
function isUrl(address: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]/i.test(address) && URL.canParse(address);
}
