import { describe, expect, it } from 'vitest';
import { refusalOf } from '../../../src/adapters/webhook/address-guard.ts';

/** As the URL parser of WHATWG writes the host: where decimal, octal and hexadecimal forms become what they are. */
const hostOf = (text: string) => new URL(`http://${text}/`).hostname.replace(/^\[|\]$/g, '');

describe('an address that a webhook names', () => {
  it.each([
    ['loopback', '127.0.0.1', 'private'],
    ['loopback, another one', '127.8.9.10', 'private'],
    ['loopback, short', '127.1', 'private'],
    ['loopback as one number', '2130706433', 'private'],
    ['loopback in hexadecimal', '0x7f000001', 'private'],
    ['loopback in octal', '0177.0.0.1', 'private'],
    ['loopback in mixed forms', '0x7f.1', 'private'],
    ['loopback in full-width digits', '１２７.０.０.１', 'private'],
    ['loopback of IPv6', '[::1]', 'private'],
    ['loopback of IPv6, spelled out', '[0:0:0:0:0:0:0:1]', 'private'],
    ['loopback in an IPv6 address', '[::ffff:127.0.0.1]', 'private'],
    ['loopback in an IPv6 address, hexadecimal', '[::ffff:7f00:1]', 'private'],
    ['a private one', '10.0.0.1', 'private'],
    ['a private one at the edge', '172.31.255.255', 'private'],
    ['a private one at home', '192.168.1.1', 'private'],
    ['a private one in an IPv6 address', '[::ffff:10.0.0.1]', 'private'],
    ['a carrier’s', '100.100.100.200', 'private'],
    ['a unique local one', '[fd12:3456::1]', 'private'],
    ['a cloud’s metadata', '169.254.169.254', 'never'],
    ['a cloud’s metadata as one number', '2852039166', 'never'],
    ['a cloud’s metadata in an IPv6 address', '[::ffff:a9fe:a9fe]', 'never'],
    ['a cloud’s metadata over IPv6', '[fd00:ec2::254]', 'never'],
    ['a cloud’s metadata, translated', '[64:ff9b::a9fe:a9fe]', 'never'],
    ['a cloud’s metadata in a tunnel', '[2002:a9fe:a9fe::]', 'never'],
    ['a link-local one', '[fe80::1]', 'never'],
    ['an IPv4 address in an old form of IPv6', '[::7f00:1]', 'never'],
    ['nothing', '0.0.0.0', 'never'],
    ['nothing, short', '0', 'never'],
    ['nothing of IPv6', '[::]', 'never'],
    ['everybody', '255.255.255.255', 'never'],
    ['a group', '224.0.0.1', 'never'],
    ['a group of IPv6', '[ff02::1]', 'never'],
  ] as const)('%s (%s) is refused: %s', (_, text, refusal) => {
    expect(refusalOf(hostOf(text), false)).toBe(refusal);
  });

  it.each(['127.0.0.1', '10.0.0.1', '172.16.0.1', '192.168.1.1', '::1', 'fd12::1', '::ffff:127.0.0.1'])(
    '%s may be asked when the webhook allows private ones',
    (address) => {
      expect(refusalOf(address, true)).toBeNull();
    },
  );

  it.each(['169.254.169.254', 'fe80::1%eth0', '::ffff:169.254.169.254', '0.0.0.0', '::', 'fd00:ec2::254', 'ff02::1'])(
    '%s may not, whatever the webhook allows',
    (address) => {
      expect(refusalOf(address, true)).toBe('never');
    },
  );

  it.each(['1.1.1.1', '172.32.0.1', '100.128.0.1', '192.169.0.1', '2606:4700::1111', '::ffff:1.1.1.1'])(
    '%s, where everybody can be, may be asked',
    (address) => {
      expect(refusalOf(address, false)).toBeNull();
    },
  );

  it.each(['', 'localhost', '1.2.3', 'fe80::1::2'])('%j, which is none, is refused', (text) => {
    expect(refusalOf(text, true)).toBe('never');
  });
});
