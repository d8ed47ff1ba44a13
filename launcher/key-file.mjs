import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Refusal } from './say.mjs';

/** The key that seals every stored secret. A database that has rows cannot be read without the key it was sealed with. */
export function requireKeyFile(keyFile, databaseHasRows) {
  if (existsSync(keyFile)) {
    if (statSync(keyFile).size === 0) throw new Refusal(`The key file ${keyFile} is empty: put back the copy you keep of it.`);
    return;
  }
  if (databaseHasRows) {
    throw new Refusal(
      `The key file ${keyFile} is gone, and the secrets in the database cannot be read without it: put back the copy you keep, or name it in GUESTBOARD_KEY_FILE.`,
    );
  }
  mkdirSync(path.dirname(keyFile), { recursive: true, mode: 0o700 });
  writeFileSync(keyFile, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600, flag: 'wx' });
}
