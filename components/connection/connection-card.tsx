'use client';
import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { endpointUrl } from '#client/api.ts';
import { useProjects } from '#client/queries/projects.ts';
import { Chip } from '#components/ui/chip.tsx';
import { CopyButton } from '#components/ui/copy-button.tsx';
import { Panel } from '#components/ui/panel.tsx';
import { hasNamedDatabases } from '#contract/datastores/definitions.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { PasswordValue } from './password-value.tsx';
import { SnippetTabs } from './snippet-tabs.tsx';
import { usePassword } from './use-password.ts';

/** How to connect: address, names, password, ready-made code, and the certificate that proves whom one talks to. */
export function ConnectionCard({ instance }: { instance: Instance }) {
  const { firstUser, host, port, projectId, datastore } = instance;
  const { snippets } = getDetailedDatastore(datastore);
  // Numbered ones are always there; clients begin in the first.
  const firstDatabase = hasNamedDatabases(datastore) ? instance.firstDatabase : '0';
  const password = usePassword(instance, firstUser);
  const projects = useProjects();
  const project = projects.data?.items.find((candidate) => candidate.id === projectId)?.name ?? 'guestboard';
  const caFile = `${project}-ca.pem`;
  return (
    <Panel
      title="Connect"
      note={instance.role === 'replica' ? <Chip tone="replica">read-only</Chip> : undefined}
      flush
      actions={
        <a
          href={endpointUrl('getProjectCa', { projectId })}
          download={caFile}
          className="inline-flex h-7 items-center gap-1.5 rounded-control px-2 text-13 text-muted hover:bg-hover hover:text-fg"
        >
          <Download size={14} aria-hidden /> CA certificate
        </a>
      }
    >
      <dl className="grid grid-cols-[auto_1fr_auto] items-center gap-x-4 px-4 py-2">
        <Row label="Address" copy={port === null ? null : `${host}:${port}`}>
          {port === null ? <span className="text-faint">known once a guest is reserved</span> : `${host}:${port}`}
        </Row>
        <Row label="Database" copy={firstDatabase}>
          {firstDatabase ?? <span className="text-faint">none was created with it</span>}
        </Row>
        <Row label="User" copy={firstUser}>
          {firstUser ?? <span className="text-faint">none was created with it</span>}
        </Row>
        {firstUser !== null && <PasswordValue password={password} />}
      </dl>
      {port !== null && (
        <SnippetTabs
          snippets={snippets}
          values={{
            host,
            port: String(port),
            database: firstDatabase ?? 'DATABASE',
            user: firstUser ?? 'USER',
            password: password.shown ?? 'PASSWORD',
            caFile,
          }}
        />
      )}
    </Panel>
  );
}

function Row({ label, copy, children }: { label: string; copy: string | null; children: ReactNode }) {
  return (
    <>
      <dt className="py-1 text-muted">{label}</dt>
      <dd className="num min-w-0 truncate" title={copy ?? undefined}>
        {children}
      </dd>
      <dd className="flex h-7 justify-end">{copy !== null && <CopyButton text={copy} label={`Copy the ${label.toLowerCase()}`} />}</dd>
    </>
  );
}
