import { existsSync } from 'node:fs';
import { fingerprint, isUpToDate, writeStamp } from './fingerprint.mjs';
import { inProject, project } from './places.mjs';
import { runQuietly } from './run.mjs';

/** Generates the Prisma client when the schema or the generator changed; `around` may announce the work. */
export async function generatePrismaClient(around = (work) => work()) {
  if (!existsSync(inProject('prisma/schema.prisma'))) return;
  const print = fingerprint(project, [
    'prisma/schema.prisma',
    'prisma.config.ts',
    'scripts/schema-engine.mjs',
    'node_modules/prisma/package.json',
  ]);
  const stamp = inProject('server/store/generated/.stamp');
  if (isUpToDate(stamp, print, [inProject('server/store/generated')])) return;
  await around(async () => {
    await runQuietly(process.execPath, [inProject('node_modules/prisma/build/index.js'), 'generate'], { cwd: project, env: offline });
  });
  writeStamp(stamp, print);
}

/** Prisma looks for updates and Next reports usage unless told not to; neither may need the open internet. */
export const offline = { ...process.env, CHECKPOINT_DISABLE: '1', NEXT_TELEMETRY_DISABLED: '1' };
