import { randomUUID } from 'node:crypto';
import { sayPace } from '#contract/backup-pace.ts';
import { getDatastore, hasCapability } from '#contract/datastores/definitions.ts';
import { getDetailedDatastore } from '#contract/datastores/details.ts';
import { refuseParameters } from '#contract/datastores/parameter.ts';
import { GuestboardError } from '#contract/errors.ts';
import type { ConfigurationGroup } from '#contract/resources/configuration-group.ts';
import { narrow } from '../../store/scope.ts';
import type { ApiParts, SomeHandlers } from '../call.ts';

type Names =
  | 'listBackups'
  | 'getBackup'
  | 'listBackupProofs'
  | 'getRestoreWindow'
  | 'setArchiving'
  | 'setBackupLimit'
  | 'listConfigurationGroups'
  | 'createConfigurationGroup'
  | 'updateConfigurationGroup'
  | 'deleteConfigurationGroup';

export function backupHandlers({ store }: ApiParts): SomeHandlers<Names> {
  async function getGroup(id: string): Promise<ConfigurationGroup> {
    const group = await store.configurationGroups.findForControlPlane(id);
    if (!group) throw new GuestboardError('not-found', 'The configuration group does not exist.');
    return group;
  }

  return {
    listBackups: ({ scope, query }) =>
      store.backups.list(narrow(scope, query.project), { instanceId: query.instance, cursor: query.cursor, limit: query.limit }),
    getBackup: async ({ addressed }) => addressed,
    listBackupProofs: async ({ addressed }) => ({ items: await store.backupProofs.listOfBackup(addressed.id) }),
    getRestoreWindow: ({ addressed }) => store.archives.loadWindow(addressed),
    setArchiving: async ({ actor, addressed, body }) => {
      const { id: instanceId, projectId, datastore, role } = addressed;
      if (role === 'replica') throw new GuestboardError('refused', 'A replica is not archived: its source is.');
      if (!hasCapability(datastore, 'archive'))
        throw new GuestboardError('refused', `${getDatastore(datastore).title} cannot be archived continuously here yet.`);
      const storageTargetId = (await store.storageTargets.findDefault(projectId))?.id ?? null;
      const sentence = `${actor.name} turned continuous archiving ${body.enabled ? 'on' : 'off'}.`;
      await store.transact(async (tx) => {
        await store.archives.setWanted(tx, { instanceId, projectId, wanted: body.enabled, storageTargetId });
        const event = { projectId, instanceId, code: 'archiving-set', tone: 'info' as const, sentence, detail: null, at: new Date() };
        await store.events.record(tx, event);
      });
      return store.archives.loadWindow(addressed);
    },
    setBackupLimit: async ({ actor, addressed, body: { bytesPerSecond } }) => {
      const { id: instanceId, projectId, datastore } = addressed;
      if (!hasCapability(datastore, 'backup'))
        throw new GuestboardError('refused', `${getDatastore(datastore).title} has no backups here.`);
      const said = bytesPerSecond === null ? 'lifted the speed limit of backups' : `limited backups to ${sayPace(bytesPerSecond)}`;
      await store.transact(async (tx) => {
        await store.instances.change(tx, instanceId, { backupBytesPerSecond: bytesPerSecond });
        const event = { projectId, instanceId, code: 'backup-limit-set', tone: 'info' as const, sentence: `${actor.name} ${said}.` };
        await store.events.record(tx, { ...event, detail: null, at: new Date() });
      });
      return { ...addressed, ...(await store.instances.findForControlPlane(instanceId)) };
    },
    listConfigurationGroups: async ({ scope, query }) => ({ items: await store.configurationGroups.list(narrow(scope, query.project)) }),
    createConfigurationGroup: async ({ body }) => {
      checkValues(body.datastore, body.values);
      const id = randomUUID();
      await store.transact((tx) => store.configurationGroups.insert(tx, { id, ...body }));
      return getGroup(id);
    },
    updateConfigurationGroup: async ({ addressed, body }) => {
      checkValues(addressed.datastore, body.values);
      await store.transact((tx) => store.configurationGroups.setValues(tx, addressed.id, body.values));
      return getGroup(addressed.id);
    },
    deleteConfigurationGroup: async ({ addressed }) => {
      if (addressed.instanceIds.length > 0)
        throw new GuestboardError('conflict', 'Instances still use this group. Detach it from them first.');
      await store.transact((tx) => store.configurationGroups.remove(tx, addressed.id));
      return {};
    },
  };
}

/** The definition's own rules; the engine looks again when the group is applied. */
function checkValues(datastore: ConfigurationGroup['datastore'], values: ConfigurationGroup['values']): void {
  const refused = refuseParameters(getDetailedDatastore(datastore), values);
  if (refused) throw new GuestboardError('invalid-input', `${refused.key}: ${refused.sentence}`, { field: `values.${refused.key}` });
}
