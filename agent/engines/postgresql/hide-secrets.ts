import { hideLooseSecrets, mayTellSecret } from '../../logs/hide-loose-secrets.ts';

/**
 * Between the word and the literal; `\n` in two characters where a record of the log is cut and cannot be read as one. Comments only of some
 * length: looking for the end of every one would hold up the agent for seconds.
 */
const gap = String.raw`(?:\s|=|\\[nrt]|--[^\n]{0,999}(?:\n|$)|/\*[\s\S]{0,999}?\*/)*`;
const plain = `'(?:[^']|'')*(?:'|$)`;
const literal = [
  String.raw`E'(?:[^'\\]|''|\\[\s\S])*(?:'|$)`,
  // A literal inside another one has its quotes doubled, once or more.
  String.raw`(?:U&|[BNX])?(?<quotes>''+)[\s\S]*?(?:\k<quotes>|$)`,
  String.raw`(?:U&|[BNX])?${plain}(?:(?:\s|\\[nrt])*${plain})*`,
  String.raw`\$(?<tag>\w*)\$[\s\S]*?(?:\$\k<tag>\$|$)`,
];
const typed = new RegExp(String.raw`(\bpassword)(?:${gap})(?:${literal.join('|')})`, 'gi');

/** A tenant may type a password into a statement that fails, which the server then logs. Rather too much is hidden than too little. */
export function hideSecrets(text: string): string {
  const statement = mayTellSecret(text) ? hideLooseSecrets(text).replace(typed, "$1 '…'") : text;
  return statement.replace(/SCRAM-SHA-256\$[^\s']+/g, 'SCRAM-SHA-256$…').replace(/\bmd5[0-9a-f]{32}\b/g, 'md5…');
}
