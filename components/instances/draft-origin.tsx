import { formatBytes } from '#client/format.ts';
import { isUnread, MomentField } from '#components/backups/timeline/moment-field.tsx';
import { findRestorable } from '#components/backups/timeline/moments.ts';
import { PointPlan } from '#components/backups/timeline/point-plan.tsx';
import { Button, LinkButton } from '#components/ui/button.tsx';
import { Field, Select } from '#components/ui/field.tsx';
import type { Capability } from '#contract/datastores/datastore.ts';
import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import { planRestorePoint, toWholeMoment } from '#contract/restore-window.ts';
import { Choice } from './choice.tsx';
import { type From, fromBackup, fromPoint, fromSource } from './draft.ts';
import type { DraftDesk, DraftFormProps } from './use-draft.ts';

/** Empty, or what there is already: a backup, an instance as it was at a moment, or as it goes on. */
export function DraftOrigin({ desk, faults }: DraftFormProps) {
  const { draft, change, backups, sources, pasts } = desk;
  const choose = (kind: string) => {
    const [backup] = backups;
    const [source] = sources;
    const past = pasts.find(({ datastore }) => datastore === draft.datastore) ?? pasts[0];
    if (kind === 'backup' && backup) change(fromBackup(draft, backup));
    else if (kind === 'point-in-time' && past) change(fromPoint(draft, past, 0));
    else if (kind === 'replica' && source) change(fromSource(draft, source));
    else change({ from: { kind: 'empty' } });
  };
  const { from } = draft;
  const offer = (needs: Capability, count: number, note: string) =>
    hasCapability(draft.datastore, needs)
      ? { note: count === 0 ? 'None in this project yet' : note, disabled: count === 0 }
      : { note: `Not for ${getDatastore(draft.datastore).title} yet`, disabled: true };
  return (
    <>
      <Choice
        name="from"
        label="Data"
        quiet
        value={from.kind}
        onChange={choose}
        options={[
          { value: 'empty', title: 'Empty', note: 'A new database' },
          {
            value: 'backup',
            title: 'A backup',
            ...offer('backup', backups.length, 'As it was backed up'),
          },
          {
            value: 'point-in-time',
            title: 'A point in time',
            ...offer('archive', pasts.length, 'As an instance was then'),
          },
          {
            value: 'replica',
            title: 'Another instance',
            ...offer('replication', sources.length, 'A replica that follows it'),
          },
        ]}
      />
      {from.kind === 'backup' && (
        <Field label="Backup" error={faults['from.backupId']}>
          {(control) => (
            <Select
              {...control}
              value={from.backupId}
              onChange={(event) => {
                const backup = backups.find((candidate) => candidate.id === event.target.value);
                if (backup) change(fromBackup(draft, backup));
              }}
            >
              {backups.map((backup) => (
                <option key={backup.id} value={backup.id}>
                  {backup.instanceName} · {backup.name} · {backup.createdAt.slice(0, 16).replace('T', ' ')} UTC ·{' '}
                  {backup.sizeBytes === null ? '' : formatBytes(backup.sizeBytes)}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
      {from.kind === 'point-in-time' && <PointFields desk={desk} from={from} error={faults['from.atMs'] ?? faults['from.instanceId']} />}
      {from.kind === 'replica' && (
        <Field label="Source" hint="The replica copies it, then follows it. It takes reads, not writes.">
          {(control) => (
            <Select
              {...control}
              value={from.sourceId}
              onChange={(event) => {
                const source = sources.find((candidate) => candidate.id === event.target.value);
                if (source) change(fromSource(draft, source));
              }}
            >
              {sources.map((source) => (
                <option key={source.id} value={source.id}>
                  {source.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
      )}
    </>
  );
}

type PointFieldsProps = { desk: DraftDesk; from: Extract<From, { kind: 'point-in-time' }>; error: string | undefined };

function PointFields({ desk: { draft, change, pasts, window, moment, typeMoment }, from, error }: PointFieldsProps) {
  const to = (askedMs: number) => change({ from: { ...from, atMs: window === undefined ? askedMs : toWholeMoment(window, askedMs) } });
  const newestMs = window === undefined ? undefined : findRestorable(window)?.toMs;
  const plan = window === undefined || isUnread(moment) ? null : planRestorePoint(window, from.atMs);
  return (
    <>
      <div className="grid gap-4 sm:grid-cols-2">
        <Field label="Instance">
          {(control) => (
            <Select
              {...control}
              value={from.instanceId}
              onChange={(event) => {
                const past = pasts.find((candidate) => candidate.id === event.target.value);
                if (past) change(fromPoint(draft, past, 0));
              }}
            >
              {pasts.map((past) => (
                <option key={past.id} value={past.id}>
                  {past.name}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <MomentField
          label="Moment"
          atMs={from.atMs}
          typed={moment}
          grainMs={window?.grainMs}
          error={error}
          onChange={to}
          onType={typeMoment}
        />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button
          size="sm"
          refusal={newestMs === undefined ? 'Nothing of it can be restored.' : null}
          onClick={() => newestMs && to(newestMs)}
        >
          Latest
        </Button>
        <LinkButton size="sm" look="quiet" href={`/instances/${from.instanceId}/backups`}>
          Choose on the timeline
        </LinkButton>
      </div>
      {plan !== null && <PointPlan plan={plan} refusal={null} atMs={from.atMs} />}
    </>
  );
}
