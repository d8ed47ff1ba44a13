/** What a schedule and a storage target are made of, where it only matters who asks. */
export const daily = { cron: '0 3 * * *', timeZone: 'UTC', jitterSeconds: 0, fullEvery: 1, keepCount: 7, keepDays: null };

/** Nothing listens there: a test of it ends well, and says so. */
export const targetAddress = {
  kind: 's3' as const,
  endpoint: 'http://127.0.0.1:1',
  region: 'r',
  bucket: 'bucket',
  prefix: '',
  accessKeyId: 'key',
  password: 'secret of the storage',
  caPem: null,
};
