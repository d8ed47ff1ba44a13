import { statfs } from 'node:fs/promises';
import { GuestboardError } from '#contract/errors.ts';
import { toWords } from './storage-failure.ts';

/** What a file system says that takes no more, as what it has run out of: bytes, or files. All else as it is. */
export async function explainFull(error: unknown, folder: string): Promise<unknown> {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code !== 'ENOSPC' && code !== 'EDQUOT') return error;
  const left = await statfs(folder).catch(() => null);
  const isOutOfFiles = left !== null && left.files > 0 && left.ffree === 0;
  const sentence =
    code === 'EDQUOT'
      ? 'The quota of the backup storage’s folder is used up.'
      : isOutOfFiles
        ? 'The file system of the backup storage takes no more files: it has run out of inodes, however many bytes are free.'
        : 'The disk of the backup storage is full.';
  return new GuestboardError('storage-error', `${sentence} Delete backups there, or have it enlarged.`, {
    detail: toWords(error),
    cause: error,
  });
}
