import { constants } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';

/** What a disk takes at least, and wants to begin at a multiple of, in the file as in memory. */
const blockBytes = 4096;
const slotBytes = 4 * 1024 ** 2;
/** One is on its way to the disk while another is filled. */
const slotCount = 2;
/** What is smaller gains nothing. */
const smallBytes = 1024 ** 2;
const { O_WRONLY, O_CREAT, O_EXCL, O_TRUNC, O_DIRECT } = constants;
const newFile = O_WRONLY | O_CREAT | O_EXCL;

type Open = (flags: number) => Promise<FileHandle>;

/** On its way between content and disk. Not held once it is not used: a collection takes it. */
let spare: WeakRef<readonly Buffer[]> | null = null;

export type NewFile = {
  /** Copied when this returns, or resolves where it has to wait. Rejects with what befell an earlier chunk, too. */
  append(chunk: Buffer): Promise<void> | undefined;
  /** All of it is written, and on the disk where that is asked for; answers its bytes. */
  end(options: { isSynced: boolean }): Promise<number>;
  /** Also in the middle: when what is on its way has arrived. What is there by then stays. */
  close(): Promise<void>;
};

/** Makes a new file of all the content, and answers its bytes; `isSynced`: it is on the disk then. What fails leaves the file as it is by then. */
export async function writeFile(open: Open, content: AsyncIterable<Buffer>, options: { isSynced: boolean }): Promise<number> {
  const file = createFile(open);
  try {
    for await (const chunk of content) await file.append(chunk);
    return await file.end(options);
  } finally {
    await file.close();
  }
}

/**
 * A new file, made when there is something to write or it ends. A large one goes straight to the disk, past the host's cache of files: neither does
 * a copy of gigabytes push out of it what databases read all day, nor does a virtual machine that gave its memory back wait for it page by page.
 */
export function createFile(open: Open): NewFile {
  const slots = takeSlots();
  let handle: FileHandle | null = null;
  let [position, used, turn] = [0, 0, 0];
  let writing: Promise<void> = Promise.resolve();

  const getSlot = () => slots[turn % slotCount] as Buffer;
  const copy = (chunk: Buffer, from: number) => {
    const copied = chunk.copy(getSlot(), used, from);
    used += copied;
    return copied;
  };
  let isOrdinary = false;
  /** A file system that wants larger blocks says so first when it is written to, and one that took an odd part of a block, of the rest. */
  const write = async (to: FileHandle, bytes: Buffer, at: number) => {
    let done = 0;
    const advance = (more: number) => {
      done += more;
    };
    try {
      await writeAll(to, bytes, at, advance);
    } catch (error) {
      if (isOrdinary || !isInvalid(error)) throw error;
      isOrdinary = true;
      handle = await open(O_WRONLY);
      await to.close();
      await writeAll(handle, bytes.subarray(done), at + done, advance);
    }
  };
  const send = async (bytes: number) => {
    await writing;
    writing = write(handle as FileHandle, getSlot().subarray(0, bytes), position);
    // Told to the next who waits for it, not before anybody does.
    writing.catch(() => {});
    position += bytes;
  };
  const appendInTurns = async (chunk: Buffer) => {
    for (let taken = 0; taken < chunk.length; ) {
      taken += copy(chunk, taken);
      if (used < slotBytes) continue;
      handle ??= await openDirect(open);
      // The other slot is free once this one is on its way.
      await send(used);
      used = 0;
      turn += 1;
    }
  };
  return {
    append: (chunk) => {
      if (used + chunk.length >= slotBytes) return appendInTurns(chunk);
      copy(chunk, 0);
      return undefined;
    },
    end: async ({ isSynced }) => {
      const sizeBytes = position + used;
      if (sizeBytes < smallBytes) {
        handle = await open(newFile);
        await writeAll(handle, getSlot().subarray(0, used), 0);
      } else {
        handle ??= await openDirect(open);
        // The last block is written whole, and what of it is not the file's is cut off.
        const inBlocks = Math.ceil(used / blockBytes) * blockBytes;
        getSlot().fill(0, used, inBlocks);
        await send(inBlocks);
        await writing;
        if (position > sizeBytes) await handle.truncate(sizeBytes);
      }
      if (isSynced) await handle.sync();
      return sizeBytes;
    },
    close: async () => {
      await writing.catch(() => {});
      spare = new WeakRef(slots);
      await handle?.close();
    },
  };
}

/** A file system that knows no such writing (one in memory) has made the file before it said so. */
async function openDirect(open: Open): Promise<FileHandle> {
  try {
    return await open(newFile | O_DIRECT);
  } catch (error) {
    if (!isInvalid(error)) throw error;
    return open(O_WRONLY | O_CREAT | O_TRUNC);
  }
}

/** The memory of a WebAssembly program begins where a page does; of no other that Node gives out is that sure. */
function takeSlots(): readonly Buffer[] {
  const found = spare?.deref();
  spare = null;
  if (found !== undefined) return found;
  const { buffer } = new WebAssembly.Memory({ initial: (slotCount * slotBytes) / 65_536 });
  return Array.from({ length: slotCount }, (_, index) => Buffer.from(buffer, index * slotBytes, slotBytes));
}

/** A disk that is full takes a part of it, and says so when it is asked to take the rest. One that takes nothing, unsaid, is not asked for ever. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number, onWritten?: (bytes: number) => void): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    if (bytesWritten === 0) throw Object.assign(new Error('EIO: the disk took nothing, write'), { code: 'EIO', syscall: 'write' });
    done += bytesWritten;
    onWritten?.(bytesWritten);
  }
}

function isInvalid(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EINVAL';
}
