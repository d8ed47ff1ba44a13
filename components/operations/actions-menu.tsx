import { ChevronDown } from 'lucide-react';
import { Fragment } from 'react';
import { useOperationFacts } from '#client/operation-facts.ts';
import { Button } from '#components/ui/button.tsx';
import { Menu } from '#components/ui/menu.tsx';
import { MenuItem, MenuLine } from '#components/ui/menu-items.tsx';
import { hasCapability } from '#contract/datastores/definitions.ts';
import { getOperation, type OperationName } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { actions } from '#contract/rights.ts';
import { useDesk } from './desk.tsx';
import { operationIcons } from './operation-icons.ts';
import { explainRefusal } from './use-refusal.ts';

const groups: readonly (readonly OperationName[])[] = [
  ['start-instance', 'stop-instance', 'restart-instance'],
  ['create-backup', 'clone-instance', 'restore-in-place', 'settle-restore', 'apply-configuration'],
  ['promote-replica', 'detach-replica'],
  ['resize-flavor', 'resize-volume', 'upgrade-version', 'rename-instance'],
  ['reset-status', 'delete-instance', 'force-delete-instance'],
];

/** Everything that can be asked of an instance, in one menu; what is closed says why in its place. */
export function ActionsMenu({ instance, size }: { instance: Instance; size?: 'md' | 'sm' }) {
  return (
    <Menu
      trigger={
        <Button {...(size ? { size } : {})}>
          Actions <ChevronDown size={14} aria-hidden />
        </Button>
      }
    >
      <Items instance={instance} />
    </Menu>
  );
}

function Items({ instance }: { instance: Instance }) {
  const desk = useDesk();
  const { facts, nowMs } = useOperationFacts(instance, instance.projectId);
  if (facts === null) return null;
  const offered = groups
    .map((names) => names.filter((name) => isOffered(name, instance, facts.actor.operator)))
    .filter((names) => names.length > 0);
  return offered.map((names, index) => (
    <Fragment key={names[0]}>
      {index > 0 && <MenuLine />}
      {names.map((name) => {
        const definition = getOperation(name);
        return (
          <MenuItem
            key={name}
            icon={operationIcons[name]}
            danger={definition.danger === 'destructive'}
            refusal={explainRefusal(name, facts, null, nowMs)}
            onSelect={() => desk.ask({ name, instance, projectId: instance.projectId })}
          >
            {definition.title}
          </MenuItem>
        );
      })}
    </Fragment>
  ));
}

/** Words that can never apply are left out; words that do not apply now stay, with the reason. */
export function isOffered(name: OperationName, instance: Instance, operator: boolean): boolean {
  const definition = getOperation(name);
  if (definition.subject !== 'instance') return false;
  if (actions[definition.action] === 'operator' && !operator) return false;
  if (['create-backup', 'clone-instance', 'restore-in-place'].includes(name)) return hasCapability(instance.datastore, 'backup');
  if (name === 'settle-restore') return instance.unsettledRestoreId !== null;
  if (name === 'promote-replica' || name === 'detach-replica') return instance.role === 'replica';
  return true;
}
