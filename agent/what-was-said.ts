import { GuestboardError } from '#contract/errors.ts';

/** Whoever noticed it: we, or a program of the engine, which has only words for it. */
export function isSaid(error: unknown, words: RegExp): boolean {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth += 1) {
    const code = 'code' in current ? String(current.code) : '';
    const detail = 'detail' in current ? String(current.detail) : '';
    if (words.test(`${code} ${current.message} ${detail}`)) return true;
  }
  return false;
}

export function isDiskFull(error: unknown): boolean {
  return isSaid(error, fullWords);
}

/** The disk that is written to failed, or is closed to us. What was explained already, as the storage's, is not taken for it. */
export function isDiskTrouble(error: unknown): boolean {
  for (let current = error, depth = 0; isUnexplained(current) && depth < 5; current = current.cause, depth += 1) {
    const { code, syscall } = current as NodeJS.ErrnoException;
    if (diskCodes.has(code ?? '') && writingCalls.has(syscall ?? '')) return true;
    if (current instanceof GuestboardError && troubleWords.test(current.detail ?? '')) return true;
  }
  return false;
}

/** What an unpacking program makes of its disk is only in its words. */
function isUnexplained(error: unknown): error is Error {
  return error instanceof Error && !(error instanceof GuestboardError && !programCodes.has(error.code));
}

const programCodes = new Set<string>(['engine-error', 'backup-damaged']);

const diskCodes = new Set([
  'EIO',
  'EROFS',
  'EACCES',
  'EPERM',
  'EINVAL',
  'EBUSY',
  'ENODEV',
  'ENXIO',
  'ESTALE',
  'EMFILE',
  'ENFILE',
  'ENOMEM',
]);
const writingCalls = new Set(['open', 'mkdir', 'write', 'writev', 'ftruncate', 'fsync', 'fdatasync', 'close', 'rename', 'rm', 'unlink']);
const troubleWords =
  /Errcode: (5|12|13|16|23|24|30|116)\b|Input\/output error|Read-only file system|Permission denied|Too many open files|must be writable/;
const fullWords = /^(ENOSPC|EDQUOT|EFBIG) |No space left on device|Disk quota exceeded|Errcode: (28|122)\b|SIGXFSZ/;
