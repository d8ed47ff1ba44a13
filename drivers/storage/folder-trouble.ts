import { statfs } from 'node:fs/promises';
import path from 'node:path';
import { GuestboardError } from '#contract/errors.ts';
import { toWords } from './storage-failure.ts';

/** What the file system says of a storage's folder, as what is wrong there: it takes no more, or it cannot be reached. All else as it is. */
export async function explainFolder(error: unknown, folder: string): Promise<unknown> {
  const code = codeOf(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') return explainFull(error, folder, code);
  if (!isAt(error, folder)) return error;
  const extra = { detail: toWords(error), cause: error };
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return new GuestboardError(
      'storage-away',
      'The folder of the backup storage is away: on the control plane’s host its disk may not be mounted.',
      extra,
    );
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS')
    return new GuestboardError(
      'storage-away',
      'The folder of the backup storage is closed to who asked: see to its rights on the control plane’s host.',
      extra,
    );
  return error;
}

/** Bytes have run out, or files. */
async function explainFull(error: unknown, folder: string, code: 'ENOSPC' | 'EDQUOT'): Promise<GuestboardError> {
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

/** What is stored comes from files, too, which are none of ours. */
function isAt(error: unknown, folder: string): boolean {
  if (!(error instanceof Error && 'path' in error && typeof error.path === 'string')) return false;
  return error.path === folder || error.path.startsWith(folder + path.sep) || error.path.startsWith('/proc/self/fd/');
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
