// The import rules of docs/architecture.md, as dependency-cruiser rules. scripts/check-boundaries.test.ts plants a violation of each.
const testFile = '\\.(test|testsuite|spec)\\.tsx?$';
const rooms = ['contract', 'launcher', 'drivers', 'agent', 'server', 'client', 'components', 'app', 'e2e', 'bench', 'scripts', 'prisma'];

/** A room may import itself and the rooms named; packages from npm are the business of the owner rules below. */
function roomImportsOnly(room, allowed) {
  const refused = rooms.filter((other) => other !== room && !allowed.includes(other));
  return rule(`${room}-imports-only-${allowed.join('-') || 'itself'}`, { path: `^${room}/` }, { path: `^(${refused.join('|')})/` });
}

/** Only the owners may import what they own. */
function owned(name, what, owners) {
  return rule(`one-owner-of-${name}`, { path: `^(${rooms.join('|')})/`, pathNot: owners }, { path: what });
}

function rule(name, from, to) {
  return { name, severity: 'error', from, to };
}

const anyPackage = '(^|/)node_modules/';
const npm = (name) => `(^|/)node_modules/${name}/`;

module.exports = {
  forbidden: [
    roomImportsOnly('contract', []),
    roomImportsOnly('launcher', []),
    roomImportsOnly('drivers', ['contract']),
    roomImportsOnly('agent', ['contract', 'drivers']),
    roomImportsOnly('server', ['contract', 'drivers']),
    roomImportsOnly('client', ['contract']),
    roomImportsOnly('components', ['contract', 'client']),
    roomImportsOnly('app', ['contract', 'client', 'components']),
    roomImportsOnly('scripts', ['contract', 'launcher']),
    roomImportsOnly('prisma', ['contract']),
    rule(
      'outside-enters-by-the-front-door',
      { path: '^(e2e|bench)/' },
      { path: '^(agent|server|client|components|app)/', pathNot: '^(agent|server)/index\\.ts$' },
    ),

    rule('contract-knows-only-zod', { path: '^contract/', pathNot: testFile }, { path: anyPackage, pathNot: npm('zod') }),
    rule(
      'contract-and-browser-know-no-node',
      { path: '^(contract|client|components|app)/', pathNot: testFile },
      { dependencyTypes: ['core'] },
    ),
    rule('launcher-runs-before-npm', { path: '^launcher/', pathNot: testFile }, { path: anyPackage }),

    rule(
      'server-corners-meet-in-store',
      { path: '^server/(api|trove|conductor|live|workflows)/' },
      { path: '^server/(api|trove|conductor|live|workflows)/', pathNot: '^server/$1/' },
    ),
    rule('engines-stand-alone', { path: '^agent/engines/([^/]+)/' }, { path: '^agent/engines/[^/]+/', pathNot: '^agent/engines/$1/' }),

    owned('prisma', `${npm('(@prisma|\\.prisma|prisma)')}|^server/store/generated/`, '^(server/store/|scripts/)'),
    owned(
      'sql',
      npm('(pg|pg-copy-streams|pg-connection-string|mysql2)'),
      `^(server/store/|agent/engines/|scripts/|e2e/|bench/)|${testFile}`,
    ),
    owned('processes', '^(node:)?child_process$', `^(drivers/process/|launcher/|scripts/|e2e/|bench/)|${testFile}`),
    owned('server-sockets', npm('(socket\\.io|@socket\\.io)'), '^(server/live/|drivers/bus/socket|server/index\\.ts$)'),
    owned('client-sockets', npm('socket\\.io-client'), `^(client/live\\.ts$|drivers/bus/socket|bench/|e2e/)|^server/.*${testFile}`),
    owned('sign-in', npm('(better-auth|@better-auth)'), '^server/identity/'),
    owned('workflows', npm('@dbos-inc'), '^server/workflows/'),

    rule('product-does-not-import-tests', { path: `^(${rooms.join('|')})/`, pathNot: testFile }, { path: testFile }),
    rule('no-cycle', {}, { circular: true }),
    rule('unresolvable', {}, { couldNotResolve: true }),
  ],
  options: {
    doNotFollow: { path: ['node_modules', '^server/store/generated/'] },
    exclude: { path: ['(^|/)\\.next/'] },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.cjs', '.json', '.css'],
    },
  },
};
