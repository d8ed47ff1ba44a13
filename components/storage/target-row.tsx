import { Ellipsis, FlaskConical, Pencil, Star, Trash2 } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useDenial } from '#client/queries/me.ts';
import { useStorageTargetChanges, useStorageTest } from '#client/queries/storage-targets.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { ConfirmDialog } from '#components/ui/confirm-dialog.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { MenuItem } from '#components/ui/menu-items.tsx';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { Bytes } from '#components/ui/quantity.tsx';
import { Cell, TableRow } from '#components/ui/table.tsx';
import { writeCount } from '#contract/count-text.ts';
import type { StorageTarget, TargetAddress } from '#contract/resources/storage-target.ts';
import { ChangeTargetDialog } from './change-target-dialog.tsx';
import { targetKinds } from './target-kinds.ts';
import { TestOutcome } from './test-outcome.tsx';

export type TargetRowProps = { target: StorageTarget; project: string | null; testsAtOnce: boolean };

/** One target, with what can be done with it, and under it what its last test on this page found. */
export function TargetRow({ target, project, testsAtOnce }: TargetRowProps) {
  const { update, remove } = useStorageTargetChanges();
  const { mutate: runTest, ...test } = useStorageTest();
  const denial = useDenial('storage-target.manage', target.projectId);
  const [changes, setChanges] = useState(false);
  const [deletes, setDeletes] = useState(false);
  const begun = useRef(false);
  useEffect(() => {
    if (!testsAtOnce || begun.current) return;
    begun.current = true;
    runTest(target.id);
  }, [testsAtOnce, runTest, target.id]);
  const holds = target.backupCount === 1 ? 'A backup lies' : `${target.backupCount} backups lie`;
  const undeletable = denial ?? (target.backupCount > 0 ? `${holds} in this storage. Delete them first.` : null);
  const mark = (isDefault: boolean) => update.mutate({ id: target.id, isDefault }, { onError: notifyProblem });
  return (
    <>
      <TableRow className={test.data || test.error ? 'border-b-0' : ''}>
        <Cell>
          <span className="mr-2 font-medium">{target.name}</span>
          {target.isDefault && <Chip tone="accent">default</Chip>}
          {project !== null && <span className="block text-12 text-faint">{project}</span>}
        </Cell>
        <Cell className="max-sm:hidden">{targetKinds[target.address.kind]}</Cell>
        <Cell className="num break-all text-12 text-muted max-md:hidden">{describePlace(target.address)}</Cell>
        <Cell className="whitespace-nowrap text-right">
          <Bytes of={target.usedBytes} />
          <span className="block text-12 text-faint">{describeCount(target.backupCount)}</span>
        </Cell>
        <Cell className="whitespace-nowrap text-right">
          <span className="inline-flex gap-1">
            <Button size="sm" icon={FlaskConical} refusal={denial} busy={test.isPending} onClick={() => runTest(target.id)}>
              {test.isPending ? 'Testing…' : 'Test'}
            </Button>
            <Menu trigger={<Button size="sm" look="quiet" icon={Ellipsis} aria-label={`More for ${target.name}`} />}>
              <MenuItem icon={Pencil} refusal={denial} onSelect={() => setChanges(true)}>
                Change
              </MenuItem>
              <MenuItem icon={Star} refusal={denial} onSelect={() => mark(!target.isDefault)}>
                {target.isDefault ? 'No longer the default' : 'Make it the default'}
              </MenuItem>
              <MenuItem icon={Trash2} danger refusal={undeletable} onSelect={() => setDeletes(true)}>
                Delete
              </MenuItem>
            </Menu>
          </span>
        </Cell>
      </TableRow>
      {(test.data !== undefined || test.error !== null) && (
        <TableRow>
          <td colSpan={5} className="px-4 pb-2">
            <FaultNote error={test.error} />
            {test.data !== undefined && <TestOutcome test={test.data} target={target.name} />}
          </td>
        </TableRow>
      )}
      {changes && <ChangeTargetDialog target={target} onDone={() => setChanges(false)} />}
      {deletes && (
        <ConfirmDialog
          open
          onOpenChange={() => setDeletes(false)}
          title={`Delete ${target.name}`}
          verb={`Delete ${target.name}`}
          goes={['Its address here, and the stored secret.']}
          stays={['The bucket or container, and everything in it.']}
          run={async () => {
            await remove.mutateAsync(target.id);
            notify(`Storage ${target.name} is deleted.`);
          }}
        />
      )}
    </>
  );
}

export function describeCount(count: number): string {
  return count === 0 ? 'no backups' : writeCount(count, 'backup');
}

function describePlace(address: TargetAddress): string {
  const { host } = new URL(address.kind === 's3' ? address.endpoint : address.authUrl);
  const place = address.kind === 's3' ? address.bucket : address.container;
  return [host, place, address.prefix].filter(Boolean).join('/');
}
