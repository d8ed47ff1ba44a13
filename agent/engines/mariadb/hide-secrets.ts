/** A tenant may type a password into a statement, which the server then logs. */
export function hideSecrets(text: string): string {
  return text
    .replace(/(\b(?:password|identified\s+by(?:\s+password)?|using)\b\s*[=(]?\s*)('(?:[^'\\]|''|\\.)*'?|"(?:[^"\\]|""|\\.)*"?)/gi, "$1'…'")
    .replace(/\*[0-9A-F]{40}\b/gi, '*…')
    .replace(/\$A\$\d{3}\$[^'"]{1,80}/g, '$A$…');
}
