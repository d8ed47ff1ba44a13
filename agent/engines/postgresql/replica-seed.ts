import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { GuestboardError } from '#contract/errors.ts';
import type { CommandContext, CommandInput } from '#contract/guest/commands.ts';
import { sayCopied } from '../../backup/say-copied.ts';
import { writeFile } from '../../write-file.ts';
import { startBaseBackup } from './base-backup.ts';
import { type Client, close, open, sqlState } from './connections.ts';
import { forgetRestored } from './cut-off-drops.ts';
import type { Place } from './place.ts';
import type { Settings } from './settings.ts';
import { createUntar } from './untar.ts';

export type SourceAddress = CommandInput<'replication.follow'>['source'];
type Source = NonNullable<Settings['source']>;

/** Fills the folder with a copy of the source that will follow it when started. */
export async function copySource(place: Place, address: SourceAddress, folder: string, context: CommandContext): Promise<Source> {
  const source = await rememberSource(place, address, context.signal);
  const client = await connectSource(address, context.signal);
  try {
    let totalBytes: number | null = null;
    const backup = startBaseBackup(client, {
      label: `guestboard replica ${place.instanceId}`,
      codec: 'none',
      onProgress: (done) => context.progress(sayCopied(done, totalBytes)),
    });
    void backup.started.then(
      (start) => {
        totalBytes = start.totalBytes;
      },
      () => {},
    );
    await mkdir(folder, { mode: 0o700 });
    const files = createUntar(folder);
    try {
      const unpack = async (archive: AsyncIterable<Buffer>) => {
        for await (const chunk of archive) await files.take(chunk);
      };
      await pipeline(backup.archive, unpack, { signal: context.signal });
      files.end();
    } finally {
      await files.close();
    }
    await backup.ended;
    await rm(path.join(folder, 'recovery.signal'), { force: true });
    await writeFile(path.join(folder, 'postgresql.auto.conf'), '');
    await writeFile(path.join(folder, 'standby.signal'), '');
    await forgetRestored(folder);
    return source;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    context.signal.throwIfAborted();
    throw error;
  } finally {
    close(client);
  }
}

/** Puts down how to reach a source: its certificate authority, and the password in a file only this account reads. */
export async function rememberSource(place: Place, address: SourceAddress, signal: AbortSignal): Promise<Source> {
  const client = await connectSource(address, signal);
  try {
    const { rows } = await client.query<{ max_connections: string }>('SHOW max_connections');
    const escapeField = (text: string) => text.replaceAll('\\', '\\\\').replaceAll(':', '\\:');
    await writeFile(place.sourceCaFile, address.caPem);
    await writeFile(
      place.passFile,
      `${[address.host, String(address.port), '*', address.user, plain(address)].map(escapeField).join(':')}\n`,
    );
    return {
      host: address.host,
      port: address.port,
      user: address.user,
      slot: address.slot,
      maxConnections: Number(rows[0]?.max_connections ?? 0),
    };
  } finally {
    close(client);
  }
}

/** A replication connection to the source: its certificate must come from the project's authority. Tries again while it starts. */
export async function connectSource(address: SourceAddress, signal: AbortSignal): Promise<Client> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await open(
        {
          host: address.host,
          port: address.port,
          user: address.user,
          password: plain(address),
          // The certificate names the guest's public address, which inside the host may be another.
          ssl: { ca: address.caPem, rejectUnauthorized: true, checkServerIdentity: () => undefined },
          application_name: address.slot,
          connectionTimeoutMillis: 5000,
          keepAlive: true,
          replication: 'true',
        },
        signal,
      );
    } catch (error) {
      if (tries >= 10 || !/^(ECONN|ETIMEDOUT|57P)/.test(sqlState(error) ?? '')) throw error;
      await sleep(500, undefined, { signal });
    }
  }
}

function plain(address: SourceAddress): string {
  if (typeof address.password !== 'string') throw new GuestboardError('internal', 'The copying password did not arrive in the clear.');
  return address.password;
}
