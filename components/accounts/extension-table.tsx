'use client';
import { Plus, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { useExtensionChanges } from '#client/queries/extensions.ts';
import { Button } from '#components/ui/button.tsx';
import { Chip } from '#components/ui/chip.tsx';
import { MoreRows, useFewRows } from '#components/ui/few-rows.tsx';
import { notify, notifyProblem } from '#components/ui/notify.ts';
import { Cell, HeadCell, Table, TableRow } from '#components/ui/table.tsx';
import type { Extension } from '#contract/resources/extension.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { DropExtensionDialog } from './drop-extension-dialog.tsx';

type Props = { instance: Instance; database: string; extensions: readonly Extension[]; text: string; refusal: string | null };

/** Those in the database first, then those it could have, then those no tenant may have, with the reason. */
export function ExtensionTable({ instance, database, extensions, text, refusal }: Props) {
  const { create } = useExtensionChanges(instance.id, database);
  const [dropped, setDropped] = useState<Extension | null>(null);
  const found = useMemo(() => {
    const wanted = text.toLowerCase();
    return extensions
      .filter(({ name, summary }) => `${name} ${summary}`.toLowerCase().includes(wanted))
      .sort((one, other) => order(one) - order(other) || one.name.localeCompare(other.name));
  }, [extensions, text]);
  const { shown, rest, showMore } = useFewRows(found);
  const add = (name: string) => create.mutate(name, { onSuccess: () => notify(`Created ${name} in ${database}.`), onError: notifyProblem });
  return (
    <>
      <Table caption={`Extensions of ${database}`}>
        <thead>
          <tr>
            <HeadCell>Name</HeadCell>
            <HeadCell>Version</HeadCell>
            <HeadCell className="max-sm:hidden">What it is</HeadCell>
            <HeadCell>
              <span className="sr-only">Actions</span>
            </HeadCell>
          </tr>
        </thead>
        <tbody>
          {shown.map((extension) => (
            <TableRow key={extension.name}>
              <Cell className="whitespace-nowrap">
                <span className="num mr-2">{extension.name}</span>
                {extension.installedVersion !== null && <Chip tone="healthy">in use</Chip>}
              </Cell>
              <Cell className="num whitespace-nowrap">
                {extension.installedVersion ?? <span className="text-faint">{extension.availableVersion}</span>}
                {extension.installedVersion !== null && extension.installedVersion !== extension.availableVersion && (
                  <span className="ml-2 text-12 text-faint">{extension.availableVersion} is there</span>
                )}
              </Cell>
              <Cell className="py-1.5 text-muted max-sm:hidden">
                {extension.installedVersion === null && extension.refusal !== null ? (
                  <>
                    <span className="text-fg">Not for tenants.</span> {extension.refusal}
                  </>
                ) : (
                  extension.summary
                )}
              </Cell>
              <Cell className="whitespace-nowrap text-right">
                {extension.installedVersion === null ? (
                  <Button
                    look="quiet"
                    size="sm"
                    icon={Plus}
                    refusal={refusal ?? extension.refusal}
                    busy={create.isPending && create.variables === extension.name}
                    onClick={() => add(extension.name)}
                  >
                    Create<span className="sr-only"> {extension.name}</span>
                  </Button>
                ) : (
                  <Button
                    look="quiet"
                    size="sm"
                    icon={Trash2}
                    refusal={refusal ?? (extension.builtIn ? `${extension.name} belongs to every database.` : null)}
                    onClick={() => setDropped(extension)}
                  >
                    Drop<span className="sr-only"> {extension.name}</span>
                  </Button>
                )}
              </Cell>
            </TableRow>
          ))}
        </tbody>
      </Table>
      {found.length === 0 && <p className="px-4 py-6 text-center text-muted">No extension has “{text}” in its name or summary.</p>}
      <MoreRows rest={rest} onMore={showMore} />
      {dropped !== null && (
        <DropExtensionDialog instance={instance} database={database} extension={dropped} onDone={() => setDropped(null)} />
      )}
    </>
  );
}

function order({ installedVersion, refusal }: Extension): number {
  return installedVersion !== null ? 0 : refusal === null ? 1 : 2;
}
