/** `1 backup`, `2 backups`: a number of things in a sentence. */
export function writeCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
