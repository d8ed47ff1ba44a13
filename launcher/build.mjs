import { fingerprint, isUpToDate, writeStamp } from './fingerprint.mjs';
import { inProject, project } from './places.mjs';
import { generatePrismaClient, offline } from './prisma-client.mjs';
import { runQuietly } from './run.mjs';
import { phase, Refusal } from './say.mjs';

const everywhere = ['package-lock.json', 'tsconfig.json', 'launcher/build.mjs'];
const requireForBundle = "import{createRequire as __createRequire}from'node:module';const require=__createRequire(import.meta.url);";

/** What is built, from which sources, and how. Everything here works without a network. */
const products = [
  {
    title: 'server built',
    stamp: 'dist/.stamps/server',
    outputs: ['dist/server.mjs'],
    sources: ['server', 'contract', 'drivers', 'prisma/schema.prisma'],
    build: () => bundle('server/index.ts', 'dist/server.mjs', '--packages=external', '--sourcemap'),
  },
  {
    title: 'guest agent built',
    stamp: 'dist/.stamps/agent',
    outputs: ['dist/agent.mjs'],
    sources: ['agent', 'contract', 'drivers'],
    build: () =>
      bundle('agent/index.ts', 'dist/agent.mjs', '--minify', '--keep-names', '--external:pg-native', `--banner:js=${requireForBundle}`),
  },
  {
    title: 'pages built',
    stamp: 'dist/.stamps/pages',
    outputs: ['.next/BUILD_ID'],
    sources: ['app', 'components', 'client', 'contract', 'public', 'next.config.ts', 'postcss.config.mjs'],
    build: () =>
      runQuietly(process.execPath, [inProject('node_modules/next/dist/bin/next'), 'build'], {
        cwd: project,
        env: { ...offline, NODE_ENV: 'production' },
      }),
  },
];

/** Builds what changed since the last build, by the contents of the sources; says what it did. */
export async function buildWhatChanged(wanted = products.map((product) => product.title)) {
  await generatePrismaClient((work) => phase('database client generated', work));
  for (const product of products) {
    if (!wanted.includes(product.title)) continue;
    const print = fingerprint(project, [...product.sources, ...everywhere], process.version);
    const outputs = product.outputs.map((output) => inProject(output));
    if (isUpToDate(inProject(product.stamp), print, outputs)) continue;
    await phase(product.title, async () => {
      await product.build().catch((error) => {
        throw new Refusal(`The build failed.\n${error.message}`);
      });
      writeStamp(inProject(product.stamp), print);
    });
  }
}

function bundle(entry, output, ...options) {
  const shape = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning', `--outfile=${inProject(output)}`];
  return runQuietly(inProject('node_modules/esbuild/bin/esbuild'), [inProject(entry), ...shape, ...options], { cwd: project });
}
