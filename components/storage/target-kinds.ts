import type { StorageTarget } from '#contract/resources/storage-target.ts';

export const targetKinds = { s3: 'S3', swift: 'Swift' } as const satisfies Record<StorageTarget['address']['kind'], string>;
