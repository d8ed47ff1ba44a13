/** `2026-11-28 11:58:02.000 UTC`: a moment in a sentence. A page writes it in the reader's own zone. */
export function writeMoment(atMs: number): string {
  return new Date(atMs).toISOString().replace('T', ' ').replace('Z', ' UTC');
}
