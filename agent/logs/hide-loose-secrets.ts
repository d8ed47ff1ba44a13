/** What puts a statement together from pieces, so that where its password begins and ends is not seen. */
const assembling = /\|\||\b(?:concat|concat_ws|format|quote|quote_literal|quote_nullable)\s*\(/i;
/** Of a value without quotes: up to where one ends in a connection's settings, what is escaped in it included; no placeholder and no call. */
const bare = String.raw`(?!\$|\w{0,99}\()(?:\\[\s\S]|[^\s\\'"&;,()…])+`;
const named = new RegExp(String.raw`(\w{0,32}(?:password|passwd|pwd)\w{0,32}\s{0,99}=\s{0,99})${bare}`, 'gi');
/** `scheme://user:password@host`. */
const address = /(\b[a-z][a-z0-9+.-]{0,31}:\/\/[^\s:/@'"]{0,200}:)[^\s/@'"]{1,999}@/gi;
const aboutPasswords = /\b\w{0,32}password|\bidentified\b/i;

/** None of the rules here, nor an engine's for statements, finds anything without one of these: most lines of a log need not be searched. */
export function mayTellSecret(text: string): boolean {
  return /passw|pwd|identified|:\/\//i.test(text);
}

/**
 * Passwords that stand in no literal of their own: in the address or the settings of a connection, behind a role's PASSWORD where its quotes were
 * forgotten or the wrong ones, and in what is put together, of which nothing behind the word is shown and no literal before it.
 */
export function hideLooseSecrets(text: string): string {
  if (!mayTellSecret(text)) return text;
  const hidden = text
    .replace(address, '$1…@')
    .replace(named, '$1…')
    .replace(
      /(\b(?:create|alter)\s{1,9}(?:user|role)\b[^;]{0,150}?\bpassword\s{1,9})(?!null\b|['$(…])(?:"[^"]*(?:"|$)|[^\s;,)"…]+)/gi,
      '$1…',
    );
  const word = aboutPasswords.exec(hidden);
  if (word === null || !assembling.test(hidden)) return hidden;
  const before = hidden.slice(0, word.index).replace(/'[^']*(?:'|$)|"[^"]*(?:"|$)/g, "'…'");
  return `${before}${word[0]} …`;
}
