import { rmSync } from 'node:fs';
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
    build: () => bundle('server/index.ts', '--outfile=dist/server.mjs', '--packages=external', '--sourcemap'),
  },
  {
    title: 'guest agent built',
    stamp: 'dist/.stamps/agent',
    outputs: ['dist/agent/agent.mjs'],
    sources: ['agent', 'contract', 'drivers'],
    build: bundleAgent,
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

/** As Node 21 has it. Where there is none, PostgreSQL's driver asks fetch what it runs on, which costs each agent 60 ms and 5 MB to load. */
const navigator = '--define:navigator={"userAgent":"Node.js"}';

/**
 * In parts, so that an agent reads no other engine's driver: what Node compiles of a file costs the agent memory it never gives back. Names stay:
 * to shorten them and keep what functions are called takes a call for each closure that is made, a fifth of what an idle agent did.
 */
function bundleAgent() {
  rmSync(inProject('dist/agent'), { recursive: true, force: true });
  const inParts = ['--splitting', '--outdir=dist/agent', '--entry-names=agent', '--out-extension:.js=.mjs'];
  const small = ['--minify-whitespace', '--minify-syntax', '--external:pg-native', navigator];
  return bundle('agent/index.ts', ...inParts, ...small, `--banner:js=${requireForBundle}`);
}

function bundle(entry, ...options) {
  const shape = ['--bundle', '--platform=node', '--format=esm', '--target=node20', '--log-level=warning'];
  return runQuietly(inProject('node_modules/esbuild/bin/esbuild'), [inProject(entry), ...shape, ...options], { cwd: project });
}
