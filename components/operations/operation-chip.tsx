import { later } from '#components/ui/later.tsx';
import { useDesk } from './desk.tsx';

const NewestOperation = later(() => import('./newest-operation.tsx').then((module) => module.NewestOperation));

/** What is left of the closed drawer: the newest operation I started, its time, and the way back. */
export function OperationChip() {
  const { shown, open } = useDesk();
  const newest = shown[0];
  return newest === undefined || open ? null : <NewestOperation id={newest} />;
}
