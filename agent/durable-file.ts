import { readFileSync } from 'node:fs';
import { open, rename } from 'node:fs/promises';
import path from 'node:path';

/**
 * Replaces a small file so that after any crash either the old or the new content is there, whole.
 * Never blocks: a sync on a busy disk takes seconds, and the beat must go on. Writers of one file take turns themselves.
 */
export async function writeDurably(file: string, value: unknown): Promise<void> {
  const draft = `${file}.new`;
  // A click waits for this: nothing is waited for that need not be, such as the closing.
  const opening = [open(draft, 'w', 0o600), open(path.dirname(file), 'r')] as const;
  try {
    const [handle, folder] = await Promise.all(opening);
    await handle.writeFile(JSON.stringify(value));
    await handle.sync();
    await rename(draft, file);
    await folder.sync();
  } finally {
    for (const opened of opening)
      void opened.then(
        (handle) => handle.close(),
        () => {},
      );
  }
}

/** The parsed content, or null when the file is absent or was never finished. */
export function readIfPresent(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
