import { suggestion } from '../../config/nearest-name.ts';
import { badArgument } from '../failure.ts';

const OBJECT_NAME = /^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$/;

/** The name of the Cluster object. @throws InvalidInput when it can be none, with one that can */
export function clusterName(given: string | undefined, context: string): string {
  const name = given ?? context;
  if (OBJECT_NAME.test(name)) return name;
  const what = given === undefined ? `context "${context}"` : `"${given}"`;
  const near = nameWithin(name);
  const offer = near === null ? '' : `, --name ${near} say`;
  throw badArgument(`--name: ${what} is no name of an object: give lower case letters, digits and "-"${offer}`);
}

/** `arn:aws:eks:eu-west-1:4711:cluster/prod_EU` → `prod-eu` */
function nameWithin(text: string): string | null {
  const last = text.split(/[/@:]/).findLast((part) => part !== '') ?? '';
  const name = last
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+/, '')
    .slice(0, 63)
    .replace(/-+$/, '');
  return OBJECT_NAME.test(name) ? name : null;
}

/** The metric source of the cluster: the one that is named, the one it has, or the only one. @throws InvalidInput when none is left to take */
export function chosenSource(given: string | undefined, present: string | null, known: readonly string[]): string {
  if (given !== undefined) {
    if (known.includes(given)) return given;
    const declare = known.length === 0 ? '; declare one first: tidegate apply -f FOLDER' : suggestion(given, known);
    throw badArgument(`--metrics: the hub has no metric source "${given}"${declare}`);
  }
  if (present !== null) return present;
  if (known.length === 1) return known[0]!;
  throw badArgument(
    known.length === 0
      ? '--metrics: the hub has no metric source yet; declare one first: tidegate apply -f FOLDER'
      : `--metrics: say which of ${known.join(', ')} has the data of its tenants`,
  );
}
