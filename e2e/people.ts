import type { ProjectRole } from '#contract/may.ts';
import { type Person, signIn } from './fixtures.ts';
import { uniqueName } from './instances.ts';
import type { Product } from './product.ts';
import { createRest, type Rest } from './rest.ts';

/** Makes a project and, by an invitation's link as any guest would, a person who belongs to it and nothing else. */
export async function joinNewProject(product: Product, operator: Rest, role: ProjectRole): Promise<Person & { projectId: string }> {
  const name = uniqueName('tenant');
  const project = await operator('createProject', { body: { name, title: `Tenant ${name}` } });
  const invitation = await operator('createInvitation', { path: { projectId: project.id }, body: { role } });
  const account = { username: name, name: `Person of ${name}`, password: crypto.randomUUID() };
  const nobody = createRest(product.url, {});
  await nobody('acceptInvitation', { body: { secret: secretIn(invitation.link), account } });
  return { ...(await signIn(product, account.username, account.password)), projectId: project.id };
}

/** The last part of an invitation's link, whichever way it is carried. */
function secretIn(link = ''): string {
  const found = /[A-Za-z0-9_-]{16,}$/.exec(link)?.[0];
  if (!found) throw new Error(`The invitation's link ${link} carries no secret.`);
  return found;
}
