import type { StorageAddress } from '#contract/guest/storage-address.ts';
import type { Patience } from './http/client.ts';
import { createLocalDirectory } from './local-directory.ts';
import type { Storage } from './storage.ts';

type Tuning = { patience?: Patience };
type Address<Kind extends StorageAddress['kind']> = Extract<StorageAddress, { kind: Kind }>;

/** Every kind of backup storage. What speaks to another host is loaded when it is used: most agents never do. */
export const storages = {
  'local-directory': createLocalDirectory,
  s3: async (address: Address<'s3'>, tuning: Tuning = {}) => (await import('./s3/s3.ts')).createS3(address, tuning),
  swift: async (address: Address<'swift'>, tuning: Tuning = {}) => (await import('./swift/swift.ts')).createSwift(address, tuning),
} as const satisfies Record<StorageAddress['kind'], unknown>;

/** The storage at an address whose secret is plain. A local directory is the folder given; a server is waited for as long as is usual. */
export async function openStorage(address: StorageAddress, localFolder: string, patience?: Patience): Promise<Storage> {
  const tuning = patience === undefined ? {} : { patience };
  switch (address.kind) {
    case 'local-directory':
      return storages['local-directory'](localFolder);
    case 's3':
      return storages.s3(address, tuning);
    case 'swift':
      return storages.swift(address, tuning);
  }
}
