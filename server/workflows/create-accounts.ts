import { writeCount } from '#contract/count-text.ts';
import type { StepContext, WorkflowContext } from './workflow.ts';

/** The first databases and users; what exists already was made by an earlier attempt of ours, since nobody else has been let in yet. */
export async function createAccounts({ input, instance }: WorkflowContext<'create-instance'>, step: StepContext): Promise<string> {
  const { id } = await instance();
  const [{ databases }, { users }] = await Promise.all([
    step.query(id, 'accounts.listDatabases', {}),
    step.query(id, 'accounts.listUsers', {}),
  ]);
  for (const { name } of input.databases) {
    if (!databases.some((known) => known.name === name)) await step.command(id, 'accounts.createDatabase', { name }, { key: name });
  }
  for (const { name, password, databases: grants } of input.users) {
    if (password === undefined) continue;
    if (!users.some((known) => known.name === name)) {
      await step.command(id, 'accounts.createUser', { name, password, grants }, { key: name });
    } else {
      await step.command(id, 'accounts.setPassword', { name, password }, { key: name });
      await step.command(id, 'accounts.setGrants', { name, grants }, { key: name });
    }
  }
  return `${writeCount(input.databases.length, 'database')}, ${writeCount(input.users.length, 'user')}`;
}
