import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip, createGzip, type Gunzip, type Gzip } from 'node:zlib';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { Command } from '#drivers/process/pipe-programs.ts';
import { streamThrough } from '#drivers/process/stream-program.ts';

export type Codec = BackupManifest['codec'];

const unpackArguments = ['-q', '-dc'];

const zstd = ['/usr/bin/zstd', '/usr/local/bin/zstd'].find((file) => existsSync(file)) ?? null;

/** What a copy is packed with here: what this host can unpack again. */
export function chooseCodec(): Codec {
  return zstd === null ? 'gzip' : 'zstd';
}

/** How a program packs with it that reads another's output itself, and says in the end how many bytes it was given; null where none does. */
export function packer(codec: Codec): { command: string; args: readonly string[]; readGiven(said: string): number | null } | null {
  if (codec !== 'zstd' || zstd === null) return null;
  const readGiven = (said: string) => {
    const given = /\((\d+) B => \d+ B/.exec(said)?.[1];
    return given === undefined ? null : Number(given);
  };
  return { command: zstd, args: ['-vv', '--no-progress', '-c', '-1', '-T2'], readGiven };
}

export function pack(source: AsyncIterable<Buffer>, codec: Codec, signal: AbortSignal): AsyncIterable<Buffer> {
  switch (codec) {
    case 'none':
      return source;
    case 'zstd':
      return streamThrough(getZstd(), ['-q', '-c', '-1', '-T2'], source, { signal });
    case 'gzip':
      return throughZlib(source, () => createGzip({ level: 1, chunkSize: 256 * 1024 }), signal);
  }
}

export function unpack(source: AsyncIterable<Buffer>, codec: Codec, signal: AbortSignal): AsyncIterable<Buffer> {
  switch (codec) {
    case 'none':
      return source;
    case 'zstd':
      return streamThrough(getZstd(), unpackArguments, source, { signal });
    case 'gzip':
      return throughZlib(source, () => createGunzip({ chunkSize: 256 * 1024 }), signal);
  }
}

/** How a program unpacks it; null where none does. */
export function unpacker(codec: Codec): Command | null {
  return codec === 'zstd' ? { command: getZstd(), args: unpackArguments } : null;
}

/** Made when it is first read: a stream that nobody reads would have nobody to tell that its signal came, and end the agent. */
async function* throughZlib(source: AsyncIterable<Buffer>, make: () => Gzip | Gunzip, signal: AbortSignal): AsyncGenerator<Buffer> {
  yield* Readable.from(source).compose(make(), { signal });
}

function getZstd(): string {
  if (zstd === null) throw new GuestboardError('engine-unavailable', 'The program zstd is missing on this host. Install the package zstd.');
  return zstd;
}
