import { FlaskConical } from 'lucide-react';
import { useDenial } from '#client/queries/me.ts';
import { useLocalStorageTest } from '#client/queries/storage-targets.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { FaultNote } from '#components/ui/fault-note.tsx';
import { Bytes } from '#components/ui/quantity.tsx';
import { Cell, TableRow } from '#components/ui/table.tsx';
import type { LocalStorage } from '#contract/resources/storage-target.ts';
import { describeCount } from './target-row.tsx';
import { TestOutcome } from './test-outcome.tsx';

type Props = {
  local: LocalStorage;
  isDefault: boolean;
  /** Whose folder is tested: those of all projects lie side by side. */
  projectId: string | null;
};

/** What is there without anybody adding it, and under it what its last test on this page found. */
export function LocalRow({ local, isDefault, projectId }: Props) {
  const { mutate: runTest, ...test } = useLocalStorageTest();
  const denial = useDenial('storage-target.manage', projectId ?? '');
  const isTested = test.data !== undefined || test.error !== null;
  return (
    <>
      <TableRow className={isTested ? 'border-b-0' : ''}>
        <Cell>
          <span className="font-medium">Local directory</span>
          {isDefault && (
            <Chip tone="accent" className="ml-2">
              default
            </Chip>
          )}
          <span className="block text-12 text-faint">built in</span>
        </Cell>
        <Cell className="max-sm:hidden">Directory</Cell>
        <Cell className="text-muted max-md:hidden">On the control plane’s host; it cannot be deleted</Cell>
        <Cell className="whitespace-nowrap text-right">
          <Bytes of={local.usedBytes} />
          <span className="block text-12 text-faint">{describeCount(local.backupCount)}</span>
        </Cell>
        <Cell className="whitespace-nowrap text-right">
          <Button
            size="sm"
            icon={FlaskConical}
            refusal={projectId === null ? 'There is no project whose directory could be tested.' : denial}
            busy={test.isPending}
            onClick={() => runTest(projectId ?? '')}
          >
            {test.isPending ? 'Testing…' : 'Test'}
          </Button>
        </Cell>
      </TableRow>
      {isTested && (
        <TableRow>
          <td colSpan={5} className="px-4 pb-2">
            <FaultNote error={test.error} />
            {test.data !== undefined && <TestOutcome test={test.data} target="the local directory" />}
          </td>
        </TableRow>
      )}
    </>
  );
}
