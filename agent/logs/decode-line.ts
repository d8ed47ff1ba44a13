/**
 * Text of a log line's bytes. What is not UTF-8, and control characters, become `<0x1B>`:
 * visible, lossless, and harmless inside a line that is JSON.
 */
export function decodeLine(bytes: Uint8Array, truncated: boolean): string {
  let end = bytes.length;
  if (end > 0 && bytes[end - 1] === 0x0d) end -= 1;
  if (truncated) end = endOfLastCharacter(bytes, end);
  const line = bytes.subarray(0, end);
  try {
    return escapeControls(strict.decode(line));
  } catch {
    return escapeControls(decodeByRuns(line));
  }
}

/** Control characters other than tab and line feed (an engine's message may have several lines) become visible. */
export function escapeControls(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding them is the purpose.
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f]/g, (character) => escapeByte(character.charCodeAt(0)));
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decodeByRuns(bytes: Uint8Array): string {
  let text = '';
  let start = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += Buffer.from(bytes.subarray(start, at)).toString('utf8') + escapeByte(bytes[at] ?? 0);
    at += 1;
    start = at;
  }
  return text + Buffer.from(bytes.subarray(start)).toString('utf8');
}

/** Length of the well-formed UTF-8 sequence at this place, or 0. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  const length = first >= 0xc2 && first <= 0xdf ? 2 : first >= 0xe0 && first <= 0xef ? 3 : first >= 0xf0 && first <= 0xf4 ? 4 : 0;
  if (length === 0 || at + length > bytes.length) return 0;
  try {
    strict.decode(bytes.subarray(at, at + length));
    return length;
  } catch {
    return 0;
  }
}

/** Where a cut through the middle of a character must be moved back to. */
function endOfLastCharacter(bytes: Uint8Array, end: number): number {
  let start = end - 1;
  while (start > 0 && end - start < 4 && ((bytes[start] ?? 0) & 0xc0) === 0x80) start -= 1;
  return start >= 0 && (bytes[start] ?? 0) >= 0xc0 && sequenceLength(bytes.subarray(0, end), start) === 0 ? start : end;
}

function escapeByte(byte: number): string {
  return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
}
