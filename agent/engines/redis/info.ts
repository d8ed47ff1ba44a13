/** Everything the server tells of itself, by name. Lines are `name:value`, below headings that begin with #. */
export function parseInfo(text: string): ReadonlyMap<string, string> {
  const pairs = text.split('\r\n').flatMap((line) => {
    const at = line.indexOf(':');
    return at <= 0 || line.startsWith('#') ? [] : [[line.slice(0, at), line.slice(at + 1)] as const];
  });
  return new Map(pairs);
}

/** Keys by number of database; those without any are not told of. */
export function readKeyspace(info: ReadonlyMap<string, string>): Map<number, number> {
  const keys = new Map<number, number>();
  for (const [name, value] of info) {
    const number = /^db(\d+)$/.exec(name)?.[1];
    if (number !== undefined) keys.set(Number(number), Number(/^keys=(\d+)/.exec(value)?.[1] ?? 0));
  }
  return keys;
}
