import type { Part } from '../read-parts.ts';
import { toS3Code } from './failures.ts';
import { readXml, type S3Requests } from './requests.ts';

export const mostParts = 10_000;
/** A server joins thousands of parts, or deletes a thousand objects, before it answers. */
export const joiningTimeoutMs = 300_000;

export async function beginUpload(request: S3Requests, name: string): Promise<string> {
  const { text } = await request({ method: 'POST', name, query: { uploads: '' } });
  const { UploadId } = readXml(text);
  if (typeof UploadId !== 'string' || UploadId === '') throw new Error('The S3 storage began an upload without naming it.');
  return UploadId;
}

/** Answers the part's tag, by which completing the upload names it. */
export async function storePart(request: S3Requests, name: string, uploadId: string, part: Part, signal: AbortSignal): Promise<string> {
  const query = { partNumber: String(part.number), uploadId };
  const { headers } = await request({ method: 'PUT', name, query, body: part.bytes, signal });
  if (!headers.etag) throw new Error('The S3 storage took a part without giving its tag.');
  return headers.etag;
}

type Upload = { name: string; uploadId: string; tags: readonly string[]; sizeBytes: number };

/** Not to be cancelled: from here on the object is whole. */
export async function completeUpload(request: S3Requests, { name, uploadId, tags, sizeBytes }: Upload): Promise<void> {
  const parts = tags.map((tag, index) => `<Part><PartNumber>${index + 1}</PartNumber><ETag>${tag.replaceAll('"', '&quot;')}</ETag></Part>`);
  const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  try {
    const headers = { 'Content-Type': 'application/xml' };
    await request({ method: 'POST', name, query: { uploadId }, headers, body, idleTimeoutMs: joiningTimeoutMs });
  } catch (error) {
    // Asked a second time because the first answer was lost: the upload is gone since it is the object.
    if (toS3Code(error) !== 'NoSuchUpload' || (await findSize(request, name)) !== sizeBytes) throw error;
  }
}

export async function abortUpload(request: S3Requests, name: string, uploadId: string): Promise<void> {
  try {
    await request({ method: 'DELETE', name, query: { uploadId } });
  } catch (error) {
    if (toS3Code(error) !== 'NoSuchUpload') throw error;
  }
}

type BegunUpload = { name: string; uploadId: string; begunAtMs: number };

/** What was begun below the prefix and neither completed nor aborted. */
export async function listUploads(request: S3Requests, prefix: string): Promise<BegunUpload[]> {
  const uploads: BegunUpload[] = [];
  for (let after: Record<string, string> | null = {}; after !== null; ) {
    const fields = readXml((await request({ method: 'GET', query: { uploads: '', prefix, ...after } })).text);
    for (const { Key, UploadId, Initiated } of (fields.Upload ?? []) as { Key: string; UploadId: string; Initiated: string }[])
      uploads.push({ name: Key, uploadId: UploadId, begunAtMs: Date.parse(Initiated) });
    const more = fields.IsTruncated === 'true';
    after = more ? { 'key-marker': String(fields.NextKeyMarker), 'upload-id-marker': String(fields.NextUploadIdMarker) } : null;
  }
  return uploads;
}

async function findSize(request: S3Requests, name: string): Promise<number> {
  const { headers } = await request({ method: 'HEAD', name });
  return Number(headers['content-length']);
}
