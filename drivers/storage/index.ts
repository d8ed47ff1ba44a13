import type { StorageAddress } from '#contract/guest/storage-address.ts';
import { createLocalDirectory } from './local-directory.ts';
import type { Storage } from './storage.ts';

type Address<Kind extends StorageAddress['kind']> = Extract<StorageAddress, { kind: Kind }>;

/** Every kind of backup storage. What speaks to another host is loaded when it is used: most agents never do. */
export const storages = {
  'local-directory': createLocalDirectory,
  s3: async (address: Address<'s3'>) => (await import('./s3/s3.ts')).createS3(address),
  swift: async (address: Address<'swift'>) => (await import('./swift/swift.ts')).createSwift(address),
} as const satisfies Record<StorageAddress['kind'], unknown>;

/** The storage at an address whose secret is plain. A local directory is the folder given. */
export async function openStorage(address: StorageAddress, localFolder: string): Promise<Storage> {
  switch (address.kind) {
    case 'local-directory':
      return storages['local-directory'](localFolder);
    case 's3':
      return storages.s3(address);
    case 'swift':
      return storages.swift(address);
  }
}
