import { nearestName } from '../../config/nearest-name.ts';

const PREFIX = 'TIDEGATE_';

/** The environment variable of a flag: `TIDEGATE_LEASE_NAME` of `lease-name`. */
export function variableOf(flag: string): string {
  return PREFIX + flag.replaceAll('-', '_').toUpperCase();
}

/** Read elsewhere: where downloads are kept. */
const ELSEWHERE = ['TIDEGATE_CACHE'];

/** What Kubernetes puts into every pod beside a Service whose name begins with `tidegate`. */
const SERVICE_LINK = /_(SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)|PORT(_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?)$/;

/** One sentence for each variable that looks as if it were ours, and is none. */
export function unknownVariables(
  env: Readonly<Record<string, string | undefined>>,
  known: readonly string[],
): readonly string[] {
  const ours = [...known, ...ELSEWHERE];
  return Object.keys(env)
    .filter((name) => name.startsWith(PREFIX) && !ours.includes(name) && !SERVICE_LINK.test(name))
    .sort()
    .map((name) => {
      const near = nearestName(name, ours);
      return `there is no setting ${name}${near === null ? ', it is left alone' : `; did you mean ${near}?`}`;
    });
}
