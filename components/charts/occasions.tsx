import { useBrowser } from '#client/browser.ts';
import { formatAge } from '#client/format.ts';
import { useRow } from '#client/pulses.ts';
import { StatusMark } from '#components/ui/status-mark.tsx';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import type { Instance } from '#contract/resources/instance.ts';

/** What the engine does now and then: when it last did, and whether that went well. */
export function Occasions({ instance }: { instance: Instance }) {
  const metrics = useRow(useBrowser().pulses, instance.id)?.sample?.metrics;
  const { occasions = [] } = getDetailedDatastore(instance.datastore);
  if (occasions.length === 0 || metrics === undefined) return null;
  return (
    <ul aria-label="Persistence" className="flex flex-wrap gap-x-6 gap-y-1 px-4 pt-2">
      {occasions.map(({ title, ageKey, failedKey, never }) => {
        const [ageMs, failed] = [metrics[ageKey], metrics[failedKey]];
        return (
          <li key={title} className="flex items-center gap-2">
            <span className="text-muted">{title}</span>
            {failed === undefined ? (
              <span>{never}</span>
            ) : (
              <>
                {ageMs !== undefined && <span className="num">{formatAge(ageMs)} ago</span>}
                <StatusMark tone={failed === 0 ? 'healthy' : 'broken'} label={failed === 0 ? 'ok' : 'failed'} />
              </>
            )}
          </li>
        );
      })}
    </ul>
  );
}
