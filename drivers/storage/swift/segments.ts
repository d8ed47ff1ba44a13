import { randomUUID } from 'node:crypto';
import type { Part } from '../read-parts.ts';
import type { Container } from './container.ts';

/** What Swift takes in one manifest unless told otherwise. A manifest may name manifests, so the next level holds a million. */
const usualManifestSegments = 1000;
/** Swift looks at every segment before it answers. */
const joiningTimeoutMs = 300_000;

type Segment = { path: string; size_bytes: number; etag?: string };

/**
 * One large object in segments below `folder`, which no listing of ours shows; the object itself is a manifest that is written last.
 * `takeBack` deletes all that was sent.
 */
export function startSegments(container: Container, folder: string, manifestSegments = usualManifestSegments) {
  const own = `${folder}${randomUUID()}/`;
  const sent: string[] = [];
  const groups: Segment[] = [];
  let segments: Segment[] = [];

  const putManifest = (name: string, entries: readonly Segment[]) =>
    container.send({
      method: 'PUT',
      name,
      query: '?multipart-manifest=put',
      body: Buffer.from(JSON.stringify(entries)),
      headers: { 'Content-Type': 'application/octet-stream' },
      idleTimeoutMs: joiningTimeoutMs,
    });

  const closeGroup = async () => {
    const name = `${own}group-${String(groups.length + 1).padStart(4, '0')}`;
    sent.push(name);
    await putManifest(name, segments);
    groups.push({ path: `${container.path}/${name}`, size_bytes: sum(segments) });
    segments = [];
  };

  return {
    own,
    async store({ number, bytes }: Part, signal: AbortSignal): Promise<void> {
      if (segments.length === manifestSegments) await closeGroup();
      const name = `${own}${String(number).padStart(8, '0')}`;
      sent.push(name);
      const { headers } = await container.send({ method: 'PUT', name, body: bytes, signal });
      const etag = headers.etag?.replaceAll('"', '');
      segments.push({ path: `${container.path}/${name}`, size_bytes: bytes.length, ...(etag ? { etag } : {}) });
    },
    /** Not to be cancelled: from here on the object is whole. Answers its size. */
    async join(name: string): Promise<number> {
      if (groups.length > 0) await closeGroup();
      const entries = groups.length > 0 ? groups : segments;
      await putManifest(name, entries);
      return sum(entries);
    },
    takeBack: () => container.remove(sent),
  };
}

function sum(segments: readonly Segment[]): number {
  return segments.reduce((bytes, segment) => bytes + segment.size_bytes, 0);
}
