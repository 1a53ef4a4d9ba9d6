import { BlockList, isIP, isIPv4 } from 'node:net';

/** Why an address may not be asked, for messages. */
export type AddressRefusal = 'private' | 'never';

const block = (subnets: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList();
  for (const [address, prefix] of subnets) list.addSubnet(address, prefix, isIPv4(address) ? 'ipv4' : 'ipv6');
  return list;
};

/** Loopback and what is routed inside of an organisation only: reached when a Webhook allows it. @see RFC 6890 */
const privateOnes = block([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['::1', 128],
  ['fc00::', 7],
]);

/** No receiver of news is there, and a cloud's credentials may be: link-local, unspecified, multicast, reserved, translated. */
const neverOnes = block([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 96],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['5f00::', 16],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
  // Amazon's metadata over IPv6, in a range that is private otherwise
  ['fd00:ec2::254', 128],
]);

/** An IPv4 address in an IPv6 one, as URLs and resolvers spell it: `::ffff:7f00:1`, `::ffff:127.0.0.1`. */
const MAPPED = /^::ffff:(?:([0-9a-f]{1,4}):([0-9a-f]{1,4})|([0-9.]+))$/i;

/** Why a literal address may not be asked; `null` when it may. What is no address at all is refused. */
export function refusalOf(address: string, allowPrivate: boolean): AddressRefusal | null {
  const plain = unmapped(address.replace(/%.*$/, ''));
  if (isIP(plain) === 0) return 'never';
  const family = isIPv4(plain) ? 'ipv4' : 'ipv6';
  // the one address of its range that is not out of use
  if (plain !== '::1' && neverOnes.check(plain, family)) return 'never';
  return !allowPrivate && privateOnes.check(plain, family) ? 'private' : null;
}

function unmapped(address: string): string {
  const [, high, low, dotted] = MAPPED.exec(address) ?? [];
  if (dotted !== undefined) return dotted;
  if (high === undefined || low === undefined) return address;
  const bits = Number.parseInt(high, 16) * 65_536 + Number.parseInt(low, 16);
  return [24, 16, 8, 0].map((shift) => (bits >>> shift) & 255).join('.');
}
