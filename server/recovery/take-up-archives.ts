import { findLosses, toPieces } from '#contract/archived-pieces.ts';
import { SpanLabel } from '#contract/guest/span-label.ts';
import type { Storage } from '#drivers/storage/storage.ts';
import { listIds, toFoundSpan } from '../orphan-spans.ts';
import { readMark } from '../storage-marks.ts';
import type { LyingSpan } from '../store/recovered-spans.ts';

type Place = { storage: Storage; projectId: string; storageTargetId: string | null };

/**
 * What lies in a place of a project's archives, with how far it reaches now: the catalogue ends with the save, agents went on. Only what its label
 * calls the project's, sealed with one of its keys; what it says beyond that only offers a replay, which opens nothing of anybody else.
 */
export async function listLyingSpans(place: Place, keyIds: readonly string[], nowMs = Date.now()): Promise<LyingSpan[]> {
  const { storage, projectId } = place;
  const found: LyingSpan[] = [];
  for (const instanceId of await listIds(storage, 'archive/')) {
    for (const id of await listIds(storage, `archive/${instanceId}/`)) {
      const folder = `archive/${instanceId}/${id}/`;
      const label = await readMark(storage, `${folder}${SpanLabel.fileName}`, SpanLabel.schema);
      if (label?.spanId !== id || label.instanceId !== instanceId || label.projectId !== projectId || !keyIds.includes(label.keyId))
        continue;
      const objects = (await storage.list(folder)).filter(({ key }) => key !== `${folder}${SpanLabel.fileName}`);
      const span = toFoundSpan(label, objects, place, nowMs);
      found.push({ ...span, losses: findLosses(toPieces(objects), span) });
    }
  }
  return found;
}
