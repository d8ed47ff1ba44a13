import { createHash } from 'node:crypto';
import { GuestboardError } from '#contract/errors.ts';
import type { Patience } from '../http/client.ts';
import { checkFolder, checkKey, isKey, toFolderNames } from '../key.ts';
import { readParts, storeParts } from '../read-parts.ts';
import type { Storage, StoredObject } from '../storage.ts';
import { storing, toStorageError } from '../storage-failure.ts';
import { toS3Code } from './failures.ts';
import { abortUpload, beginUpload, completeUpload, joiningTimeoutMs, listUploads, mostParts, storePart } from './multipart.ts';
import { createS3Requests, readXml, type S3Address } from './requests.ts';

const mostDeletedAtOnce = 1000;
const mostListedAtOnce = 1000;

type Tuning = { patience?: Patience; sizeOf?: (number: number) => number; pageSize?: number };

/** Objects in one bucket. What is larger than one part is uploaded in parts, which nobody sees before all are there. */
export function createS3(address: S3Address, tuning: Tuning = {}): Storage {
  const request = createS3Requests(address, tuning.patience);
  const base = address.prefix === '' ? '' : `${address.prefix}/`;
  const toName = (key: string) => `${base}${checkKey(key)}`;

  const listPages = async (wanted: Readonly<Record<string, string>>, take: (fields: Record<string, unknown>) => void) => {
    for (let token: string | null = ''; token !== null; ) {
      const page = { 'list-type': '2', 'max-keys': String(tuning.pageSize ?? mostListedAtOnce), ...wanted };
      const query = token === '' ? page : { ...page, 'continuation-token': token };
      const fields = readXml((await request({ method: 'GET', query })).text);
      take(fields);
      token = fields.IsTruncated === 'true' ? String(fields.NextContinuationToken) : null;
    }
  };

  const listObjects = async (prefix: string): Promise<StoredObject[]> => {
    const objects: StoredObject[] = [];
    await listPages({ prefix: `${base}${prefix}` }, (fields) => {
      for (const entry of (fields.Contents ?? []) as { Key: string; Size: string; LastModified: string }[]) {
        const key = entry.Key.slice(base.length);
        if (isKey(key)) objects.push({ key, sizeBytes: Number(entry.Size), modifiedAtMs: Date.parse(entry.LastModified) });
      }
    });
    return objects.sort((left, right) => (left.key < right.key ? -1 : 1));
  };

  const deleteObjects = async (keys: readonly string[]) => {
    for (let at = 0; at < keys.length; at += mostDeletedAtOnce) {
      const entries = keys.slice(at, at + mostDeletedAtOnce).map((key) => `<Object><Key>${toName(key)}</Key></Object>`);
      const body = Buffer.from(`<Delete><Quiet>true</Quiet>${entries.join('')}</Delete>`);
      const headers = { 'Content-MD5': createHash('md5').update(body).digest('base64'), 'Content-Type': 'application/xml' };
      const answer = await request({ method: 'POST', query: { delete: '' }, headers, body, idleTimeoutMs: joiningTimeoutMs });
      const [failed] = (readXml(answer.text).Error ?? []) as Failed[];
      if (failed)
        throw new GuestboardError('storage-error', 'An object could not be deleted.', { detail: `${failed.Code}: ${failed.Message}` });
    }
  };

  return {
    put: async (key, content, signal) => {
      const name = toName(key);
      const next = readParts(content, tuning.sizeOf);
      let takeBack: () => Promise<unknown> = async () => {};
      return storing(
        content,
        signal,
        async () => {
          const first = await next();
          if (first.last) {
            takeBack = () => request({ method: 'DELETE', name });
            await request({ method: 'PUT', name, body: first.bytes, signal });
            return { sizeBytes: first.bytes.length };
          }
          // Not cancelled: an upload whose id we do not know could not be aborted.
          const uploadId = await beginUpload(request, name);
          takeBack = () => abortUpload(request, name, uploadId);
          const tags: string[] = [];
          let sizeBytes = 0;
          await storeParts(content, {
            first,
            next,
            signal,
            store: async (part, stop) => {
              if (part.number > mostParts)
                throw new GuestboardError('storage-error', 'The object is larger than S3 holds in its 10,000 parts.');
              tags.push(await storePart(request, name, uploadId, part, stop));
              sizeBytes += part.bytes.length;
            },
          });
          signal?.throwIfAborted();
          await completeUpload(request, { name, uploadId, tags, sizeBytes });
          return { sizeBytes };
        },
        () => takeBack(),
      );
    },
    get: async (key) => {
      try {
        const { stream } = await request({ method: 'GET', name: toName(key), asStream: true });
        if (stream === null) throw new Error('The answer has no content.');
        return stream;
      } catch (error) {
        throw toStorageError(error, 'could not be read');
      }
    },
    delete: async (key) => {
      try {
        await request({ method: 'DELETE', name: toName(key) });
      } catch (error) {
        if (toS3Code(error) !== 'NoSuchKey') throw toStorageError(error, 'could not be deleted');
      }
    },
    deleteFolder: async (name) => {
      const folder = checkFolder(name);
      try {
        // Uploads first: one that completes meanwhile is an object then, and is found below.
        for (const upload of await listUploads(request, `${base}${folder}`)) await abortUpload(request, upload.name, upload.uploadId);
        await deleteObjects((await listObjects(folder)).map(({ key }) => key));
      } catch (error) {
        throw toStorageError(error, 'could not be deleted');
      }
    },
    list: async (prefix) => {
      try {
        return await listObjects(prefix);
      } catch (error) {
        throw toStorageError(error, 'could not be listed');
      }
    },
    listFolders: async (below) => {
      const start = `${base}${below === undefined ? '' : checkFolder(below)}`;
      try {
        const folders: string[] = [];
        await listPages({ prefix: start, delimiter: '/' }, (fields) => {
          for (const { Prefix } of (fields.CommonPrefixes ?? []) as { Prefix: string }[]) folders.push(Prefix);
        });
        for (const { name } of await listUploads(request, start)) folders.push(name);
        return toFolderNames(folders.map((name) => name.slice(start.length)));
      } catch (error) {
        throw toStorageError(error, 'could not be listed');
      }
    },
    clearInterrupted: async (folder, beforeMs) => {
      try {
        const old = (await listUploads(request, `${base}${checkFolder(folder)}`)).filter(({ begunAtMs }) => begunAtMs < beforeMs);
        for (const upload of old) await abortUpload(request, upload.name, upload.uploadId);
        return old.length;
      } catch (error) {
        throw toStorageError(error, 'could not be deleted');
      }
    },
  };
}

type Failed = { Code: string; Message: string };
