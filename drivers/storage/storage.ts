import type { Readable } from 'node:stream';

/** An object as a listing shows it. */
export type StoredObject = { key: string; sizeBytes: number; modifiedAtMs: number };

/**
 * Where bytes outlive the instance they came from. Keys are relative paths of letters, digits, `.`, `_` and `-` between slashes;
 * anything else is `invalid-input`. Every other failure is `storage-error` with the system's words, or `storage-away` where a folder cannot be
 * reached, of which nothing is known then: neither that something is in it nor that it is not.
 */
export type Storage = {
  /**
   * Stores the stream under the key, replacing what was there, and answers its size once it is safe on the medium.
   * A stream or signal that fails leaves nothing behind: a key is whole or absent. Reads no faster than it writes.
   */
  put(key: string, content: Readable, signal?: AbortSignal): Promise<{ sizeBytes: number }>;
  /** The object's bytes; `not-found` where there is none. */
  get(key: string): Promise<Readable>;
  /** Gone already is fine. */
  delete(key: string): Promise<void>;
  /** Deletes every object below the folder (`a/b/`), and what interrupted puts left there. Nothing there is fine. */
  deleteFolder(folder: string): Promise<void>;
  /** Whole objects whose key begins with the prefix, sorted by key. */
  list(prefix: string): Promise<StoredObject[]>;
  /** Names of the folders at the top, or directly below one (`a/b/`), sorted; also of those that hold nothing but what interrupted puts left. */
  listFolders(below?: string): Promise<string[]>;
  /** Clears what puts left below the folder that were begun before then and never ended; answers of how many. Whole objects stay. */
  clearInterrupted(folder: string, beforeMs: number): Promise<number>;
};
