import { isIPv4, SocketAddress } from 'node:net';
import { GuestboardError } from '#contract/errors.ts';

/**
 * Allowed networks as the server knows them. It has no access file: an account exists for every network it may come from, and for no other.
 * A network of IPv6 other than one address or all cannot be said; it is refused rather than opened wider.
 */
export function toHosts(cidrs: readonly string[]): string[] {
  return [...new Set(cidrs.map(toHost))];
}

function toHost(cidr: string): string {
  const [address = '', bits = ''] = cidr.split('/');
  const prefix = Number(bits);
  if (prefix === 0) return '%';
  if (isIPv4(address)) {
    const mask = (0xffffffff << (32 - prefix)) >>> 0;
    const network = address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
    return prefix === 32 ? address : `${toDotted((network & mask) >>> 0)}/${toDotted(mask)}`;
  }
  if (prefix === 128) return new SocketAddress({ address, family: 'ipv6' }).address;
  throw new GuestboardError(
    'invalid-input',
    `Accounts cannot be held to the network ${cidr}: of IPv6 this database takes single addresses or all.`,
    {
      field: 'allowedCidrs',
    },
  );
}

function toDotted(value: number): string {
  return [24, 16, 8, 0].map((shift) => (value >>> shift) & 255).join('.');
}
