import type { BackupManifest } from '#contract/guest/backup-manifest.ts';
import type { CommandContext } from '#contract/guest/commands.ts';
import type { EngineHost } from '../engine.ts';
import type { Codec } from './codec.ts';

/** One stream of a copy, in the order they are read: packed by the engine itself already, or by us where `codec` is `none`. */
export type CopyPart = { name: string; bytes: AsyncIterable<Buffer>; codec: Codec };

export type CopyOptions = {
  label: string;
  parent: BackupManifest | null;
  context: CommandContext;
  /** No part comes packed: who asks uses the bytes at once. */
  plain?: true;
  /** The database is read no faster than this allows: what is not taken yet is not read ahead either. */
  pace: EngineHost['pace'];
};

/** Known once every part has been read to its end. */
export type CopyEnd = Pick<BackupManifest, 'startPosition' | 'endPosition' | 'timeline' | 'coordinates' | 'sourceBytes'>;

export type Copy = {
  /** How its parts are packed when stored. */
  codec: Codec;
  parts: AsyncIterable<CopyPart>;
  end(): Promise<CopyEnd>;
  /** Ends what it holds of the engine, whatever happened. */
  close(): Promise<void>;
};

/** A stored copy as an engine unpacks it: plain bytes, or packed as the manifest says, checked on the way. */
export type OpenedBackup = {
  manifest: BackupManifest;
  open(partName: string): AsyncIterable<Buffer>;
  openPacked(partName: string): AsyncIterable<Buffer>;
};

/** How one engine copies itself while it runs, and how its data folder is made from copies. Storing, sealing and proving are not its business. */
export type Copier = {
  copy(options: CopyOptions): Promise<Copy>;
  /** Makes the folder, which does not exist, from a full copy and what was added to it, oldest first. A failure may leave it half made. */
  restore(chain: readonly OpenedBackup[], folder: string, context: CommandContext): Promise<void>;
};
