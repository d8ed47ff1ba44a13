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

const fullWords = /^(ENOSPC|EDQUOT|EFBIG) |No space left on device|Disk quota exceeded|Errcode: (28|122)\b|SIGXFSZ/;
