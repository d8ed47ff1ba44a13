import { hideLooseSecrets, mayTellSecret } from '../../logs/hide-loose-secrets.ts';

/** Everything only of some length: looking on from every place would hold up the agent for seconds. */
const comment = String.raw`/\*[\s\S]{0,200}?\*/|(?:--|#)[^\n]{0,200}(?:\n|$)`;
const gap = `(?:[\\s=(]|${comment}){0,100}`;
/** Inside another one a literal has its quotes doubled or escaped, once or more. */
const literal = [
  String.raw`(?<doubled>''+|""+)[\s\S]*?(?:\k<doubled>|$)`,
  String.raw`(?<escaped>\\+['"])[\s\S]*?(?:\k<escaped>|$)`,
  String.raw`'(?:[^'\\]|''|\\[\s\S])*(?:'|$)`,
  String.raw`"(?:[^"\\]|""|\\[\s\S])*(?:"|$)`,
].join('|');
const account = String.raw`(?:'[^']{0,99}'|"[^"]{0,99}"|\`[^\`]{0,99}\`|[\w.%-]{1,99})`;
const before = [
  String.raw`\w{0,32}password\w{0,32}${gap}(?:for${gap}${account}(?:@${account})?${gap})?`,
  String.raw`\bidentified\b(?:${comment}|[^'"\\;]){0,150}?`,
  // A line that goes on where another ended, which may have been behind one of these.
  String.raw`^[^\S\n]{0,100}(?:by|as|using)?${gap}`,
];
const typed = new RegExp(`(${before.join('|')})(?:${literal})`, 'gim');
/** A line that may go on with a literal. */
const goesOn = /^\s{0,200}(?:by|as|using)?[\s=(]{0,200}(?:['"\\]|\/\*|--|#)/im;

/** A tenant may type a password into a statement, which the server then logs. Rather too much is hidden than too little. */
export function hideSecrets(text: string): string {
  const mayTell = mayTellSecret(text) || goesOn.test(text);
  const statement = mayTell
    ? hideLooseSecrets(text)
        .replace(typed, "$1'…'")
        .replace(/'…'(?:\s{0,9}'[^']*')+/g, "'…'")
    : text;
  return statement.replace(/\*[0-9A-F]{40}\b/gi, '*…').replace(/\$A\$\d{3}\$[^'"]{1,80}/g, '$A$…');
}
