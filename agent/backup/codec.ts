import { existsSync } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip, createGzip } from 'node:zlib';
import { GuestboardError } from '#contract/errors.ts';
import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import { streamThrough } from '#drivers/process/stream-program.ts';

export type Codec = BackupManifest['codec'];

const zstd = ['/usr/bin/zstd', '/usr/local/bin/zstd'].find((file) => existsSync(file)) ?? null;

/** What a copy is packed with here: what this host can unpack again. */
export function chooseCodec(): Codec {
  return zstd === null ? 'gzip' : 'zstd';
}

export function pack(source: AsyncIterable<Buffer>, codec: Codec, signal: AbortSignal): AsyncIterable<Buffer> {
  switch (codec) {
    case 'none':
      return source;
    case 'zstd':
      return streamThrough(getZstd(), ['-q', '-c', '-1', '-T2'], source, { signal });
    case 'gzip':
      return Readable.from(source).compose(createGzip({ level: 1, chunkSize: 256 * 1024 }), { signal });
  }
}

export function unpack(source: AsyncIterable<Buffer>, codec: Codec, signal: AbortSignal): AsyncIterable<Buffer> {
  switch (codec) {
    case 'none':
      return source;
    case 'zstd':
      return streamThrough(getZstd(), ['-q', '-dc'], source, { signal });
    case 'gzip':
      return Readable.from(source).compose(createGunzip({ chunkSize: 256 * 1024 }), { signal });
  }
}

function getZstd(): string {
  if (zstd === null) throw new GuestboardError('engine-unavailable', 'The program zstd is missing on this host. Install the package zstd.');
  return zstd;
}
