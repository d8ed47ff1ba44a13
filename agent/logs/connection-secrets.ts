/** Of a value without quotes: up to where one ends in a connection string, what is escaped in it included. */
const bare = String.raw`(?:\\[\s\S]|[^\s\\'"&;,)])+`;
const named = new RegExp(String.raw`(\w{0,32}(?:password|passwd|pwd)\w{0,32}\s{0,99}=\s{0,99})${bare}`, 'gi');
/** `scheme://user:password@host`. */
const address = /(\b[a-z][a-z0-9+.-]{0,31}:\/\/[^\s:/@'"]{0,200}):[^\s/@'"]{1,999}@/gi;

/** What needs no quotes where it is typed: a password in a connection string, or in an address. */
export function hideConnectionSecrets(text: string): string {
  return text.replace(named, '$1…').replace(address, '$1:…@');
}
