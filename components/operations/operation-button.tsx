import type { ReactNode } from 'react';
import { Button } from '#components/ui/button.tsx';
import { getOperation, type OperationName } from '#contract/operations/index.ts';
import type { Instance } from '#contract/resources/instance.ts';
import { useDesk } from './desk.tsx';
import { operationIcons } from './operation-icons.ts';
import { useRefusal } from './use-refusal.ts';

export type OperationButtonProps = {
  name: OperationName;
  instance: Instance | null;
  /** Only needed without an instance. */
  projectId?: string;
  input?: Record<string, unknown>;
  look?: 'primary' | 'plain' | 'quiet';
  size?: 'md' | 'sm';
  icon?: boolean;
  children?: ReactNode;
};

/** A button for anything a person can ask for: word and rules come from the contract; closed, it says why. */
export function OperationButton({ name, instance, projectId, input, look, size, icon = true, children }: OperationButtonProps) {
  const desk = useDesk();
  const definition = getOperation(name);
  const project = instance?.projectId ?? projectId ?? '';
  const refusal = useRefusal(name, instance, project, input ?? null);
  return (
    <Button
      {...(look ? { look } : {})}
      {...(size ? { size } : {})}
      {...(icon ? { icon: operationIcons[name] } : {})}
      refusal={refusal}
      onClick={() => desk.ask({ name, instance, projectId: project, ...(input ? { input } : {}) })}
    >
      {children ?? definition.verb}
    </Button>
  );
}
