import { BlockList, isIPv6 } from 'node:net';
import type { Access } from './access.ts';
import type { Client } from './connections.ts';

/**
 * Redis takes connections from everywhere it listens: it has no list of networks. So every look ends those of tenants that come from
 * outside the allowed ones, which leaves such a client, with a right password, about a second. Nothing is asked where all are allowed.
 */
export function createNetworkGuard(listenAddress: string) {
  let cidrs: readonly string[] = [];
  let list = new BlockList();
  return async (client: Client, allowed: readonly string[], replicas: Access['replicas']): Promise<void> => {
    if (cidrs.join() !== allowed.join()) {
      cidrs = allowed;
      list = toList(allowed);
    }
    if (coversListener(list, listenAddress)) return;
    const lines = String(await client.ask('CLIENT', 'LIST')).split('\n');
    for (const line of lines) {
      const id = /\bid=(\d+)/.exec(line)?.[1];
      const address = /\baddr=\[?([0-9a-fA-F:.]+?)\]?:\d+ /.exec(line)?.[1];
      if (id === undefined || address === undefined || isAllowed(list, address)) continue;
      // Replicas have networks of their own.
      const copying = replicas.filter(({ user }) => line.includes(` user=${user} `)).map(({ cidr }) => cidr);
      if (!isAllowed(toList(copying), address)) await client.ask('CLIENT', 'KILL', 'ID', id);
    }
  };
}

function toList(cidrs: readonly string[]): BlockList {
  const list = new BlockList();
  for (const cidr of cidrs) {
    const [address = '', bits = ''] = cidr.split('/');
    list.addSubnet(address, Number(bits), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return list;
}

function isAllowed(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}

/** Whoever reaches a server that listens on one address of the host's own comes from that address. */
function coversListener(list: BlockList, listenAddress: string): boolean {
  return /^(127\.|::1$)/.test(listenAddress) && isAllowed(list, listenAddress);
}
