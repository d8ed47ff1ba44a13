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

/**
 * Makes a new file of all the content and answers its bytes; `isSynced`: it is on the disk then. What is large goes straight there, past the
 * host's cache of files: neither does a copy of gigabytes push out of it what databases read all day, nor does a virtual machine that gave its
 * memory back wait for it page by page. What fails leaves the file as it is by then.
 */
export async function writeFile(open: Open, content: AsyncIterable<Buffer>, { isSynced }: { isSynced: boolean }): Promise<number> {
  let large: LargeFile | null = null;
  let held: Buffer[] = [];
  let heldBytes = 0;
  try {
    for await (const chunk of content) {
      if (large !== null) {
        await large.append(chunk);
        continue;
      }
      held.push(chunk);
      heldBytes += chunk.length;
      if (heldBytes < smallBytes) continue;
      large = startLargeFile(await openDirect(open));
      for (const one of held) await large.append(one);
      held = [];
    }
    return large === null ? await writeSmall(await open(newFile), held, isSynced) : await large.end(isSynced);
  } finally {
    await large?.close();
  }
}

/** A file system that knows no such writing (one in memory) has made the file before it said so. */
async function openDirect(open: Open): Promise<FileHandle> {
  try {
    return await open(newFile | O_DIRECT);
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EINVAL')) throw error;
    return open(O_WRONLY | O_CREAT | O_TRUNC);
  }
}

async function writeSmall(handle: FileHandle, chunks: readonly Buffer[], isSynced: boolean): Promise<number> {
  try {
    const bytes = Buffer.concat(chunks);
    await handle.writeFile(bytes);
    if (isSynced) await handle.sync();
    return bytes.length;
  } finally {
    await handle.close();
  }
}

type LargeFile = {
  /** Copied when this resolves. Rejects with what befell an earlier write, too. */
  append(chunk: Buffer): Promise<void>;
  end(isSynced: boolean): Promise<number>;
  /** Also in the middle: when what is on its way has arrived. */
  close(): Promise<void>;
};

function startLargeFile(handle: FileHandle): LargeFile {
  const slots = takeSlots();
  let [position, used, turn] = [0, 0, 0];
  let writing: Promise<void> = Promise.resolve();

  const send = async (slot: Buffer, bytes: number) => {
    await writing;
    writing = writeAll(handle, slot.subarray(0, bytes), position);
    // Told to the next who waits for it, not before anybody does.
    writing.catch(() => {});
    position += bytes;
  };
  return {
    append: async (chunk) => {
      for (let taken = 0; taken < chunk.length; ) {
        const slot = slots[turn % slotCount] as Buffer;
        const copied = chunk.copy(slot, used, taken);
        taken += copied;
        used += copied;
        if (used < slotBytes) continue;
        // The other slot is free once this one is on its way.
        await send(slot, used);
        used = 0;
        turn += 1;
      }
    },
    end: async (isSynced) => {
      const sizeBytes = position + used;
      // The last block is written whole, and what of it is not the file's is cut off.
      const inBlocks = Math.ceil(used / blockBytes) * blockBytes;
      if (used > 0) await send((slots[turn % slotCount] as Buffer).fill(0, used, inBlocks), inBlocks);
      await writing;
      if (position > sizeBytes) await handle.truncate(sizeBytes);
      if (isSynced) await handle.sync();
      return sizeBytes;
    },
    close: async () => {
      await writing.catch(() => {});
      spare = new WeakRef(slots);
      await handle.close();
    },
  };
}

/** The memory of a WebAssembly program begins where a page does; of no other that Node gives out is that sure. */
function takeSlots(): readonly Buffer[] {
  const found = spare?.deref();
  spare = null;
  if (found !== undefined) return found;
  const { buffer } = new WebAssembly.Memory({ initial: (slotCount * slotBytes) / 65_536 });
  return Array.from({ length: slotCount }, (_, index) => Buffer.from(buffer, index * slotBytes, slotBytes));
}

/** A disk that is full takes a part of it, and says so when it is asked to take the rest. */
async function writeAll(handle: FileHandle, bytes: Buffer, position: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
