import { createClient } from '@redis/client';
import { type EngineUnderTest, tenant } from '../../engine-bench.testsuite.ts';
import type { TestGuest } from '../../guest.testsuite.ts';
import { connect as connectAsAdmin } from './connections.ts';
import type { FoundRedis } from './find-redis.testsuite.ts';
import { createPlace } from './place.ts';

/** Words are what stands between spaces. A list is rows of numbers; anything else is one row. */
const connect: EngineUnderTest['connect'] = async (guest, { user, password, database }) => {
  const client = createClient({
    socket: {
      host: '127.0.0.1',
      port: guest.identity.port,
      tls: true,
      ca: guest.tls.caPem,
      rejectUnauthorized: true,
      connectTimeout: 5000,
      reconnectStrategy: false,
    },
    username: user,
    password,
    database: /^\d+$/.test(database) ? Number(database) : 0,
    disableClientInfo: true,
    RESP: 2,
  });
  client.on('error', () => {});
  await client.connect();
  return {
    query: async (text) => {
      const reply = await client.sendCommand<unknown>(text.split(' '));
      return Array.isArray(reply) ? reply.map((n) => ({ n: Number(n) })) : [{ value: reply }];
    },
    close: async () => {
      if (client.isOpen) client.destroy();
    },
  };
};

export async function asAdmin(guest: TestGuest, ...words: string[]) {
  const client = await connectAsAdmin(createPlace(guest.identity));
  try {
    return await client.ask(...words);
  } finally {
    client.cut();
  }
}

export const redisUnderTest = (found: FoundRedis): EngineUnderTest => ({
  datastore: 'redis',
  ...found,
  connect,
  says: {
    make: (table) => `DEL ${table}`,
    add: (table, n) => `RPUSH ${table} ${n}`,
    list: (table) => `LRANGE ${table} 0 -1`,
    nothing: 'PING',
  },
  manyRows: {
    make: "EVAL for\ti=1,100000\tdo\tredis.call('SET',i,redis.sha1hex(i))end 0",
    count: 'DBSIZE',
    change: "EVAL for\ti=1,100000\tdo\tredis.call('SET',i,redis.sha1hex(i))end 0",
    bytes: 2_000_000,
  },
  withPassword: (password) => `AUTH app ${password}`,
  sleep: (seconds) => `BLPOP never ${seconds}`,
  grants: () => ['application'],
  writesOtherwise: [],
  refusesNetworks: false,
  initialisingMs: 1,
  forbidden: [
    'CONFIG SET dir /tmp',
    'CONFIG SET maxmemory 0',
    'CONFIG GET *',
    'CONFIG REWRITE',
    'CONFIG RESETSTAT',
    'MODULE LOAD /tmp/guestboard.so',
    'MODULE LIST',
    'DEBUG OBJECT x',
    'DEBUG SLEEP 0',
    'SHUTDOWN NOSAVE',
    'SAVE',
    'BGSAVE',
    'BGREWRITEAOF',
    'REPLICAOF NO ONE',
    'SLAVEOF NO ONE',
    'PSYNC ? -1',
    'SYNC',
    'FAILOVER',
    'ACL LIST',
    'ACL USERS',
    'ACL GETUSER guestboard_admin',
    'ACL SETUSER more on nopass ~* +@all',
    'ACL SETUSER app +@all',
    'ACL DELUSER app',
    'ACL SAVE',
    'ACL LOAD',
    'ACL LOG',
    'ACL WHOAMI',
    'CLIENT LIST',
    'CLIENT KILL TYPE normal',
    'CLIENT PAUSE 1',
    'CLIENT NO-EVICT on',
    'CLUSTER RESET',
    'CLUSTER FLUSHSLOT 1',
    'CLUSTER SYNCSLOTS FINISH',
    'COMMANDLOG GET 1 slow',
    'COMMANDLOG RESET slow',
    'REPLCONF listening-port 1',
    'MONITOR',
    'MIGRATE 127.0.0.1 1 k 0 100',
    'RESTORE k 0 x',
    'PFDEBUG ENCODING k',
    'LATENCY RESET',
    'SLOWLOG RESET',
    'SCRIPT DEBUG YES',
    'AUTH guestboard_admin x',
    'AUTH default x',
    "EVAL return(redis.call('CONFIG','GET','dir')) 0",
    "EVAL return(redis.call('ACL','LIST')) 0",
    "EVAL return(os.execute('id')) 0",
    "EVAL return(io.open('/etc/passwd')) 0",
    "EVAL return(dofile('/etc/passwd')) 0",
    "EVAL return(package.loadlib('/tmp/x.so','*')) 0",
  ],
  // With TLS the server says so before it would be understood.
  full: /max number of clients|disconnected before secure TLS|ECONNRESET/,
  names: {
    taken: [
      'a"b;drop--',
      "it's",
      'back\\slash',
      'ünïcödé',
      '数据库',
      '🐘'.repeat(15),
      'x'.repeat(63),
      '%',
      '../../etc',
      '$1',
      '*',
      '~*',
      '>x',
      '+@all',
      'nopass',
      'all',
      'on',
    ],
    refused: ['a b', 'a\nb', 'a\tb', 'a\0b', '', 'root', 'default', 'Guestboard_admin'],
  },
  logged: {
    provoke: async (guest) => {
      const client = await connect(guest, tenant);
      return client.query('POST /').finally(() => client.close());
    },
    level: 'warning',
    words: 'SECURITY ATTACK',
  },
  replication: {
    refusesWrites: /READONLY|NOREPLICAS/,
    refusesCopier: /NOPERM/,
    position: /^[0-9a-f]{40}:\d+$/,
    stall: (guest) => asAdmin(guest, 'CLIENT', 'PAUSE', '60000', 'WRITE'),
    resume: (guest) => asAdmin(guest, 'CLIENT', 'UNPAUSE'),
    cut: (source) => asAdmin(source, 'CLIENT', 'KILL', 'TYPE', 'replica'),
  },
  parameters: {
    live: ['slowlog-log-slower-than', 12_345],
    restart: ['tcp-backlog', 611],
    tooMuch: null,
    refused: [
      { no_such_parameter: 1 },
      { dir: '/tmp' },
      { dbfilename: 'x' },
      { aclfile: '/tmp/x' },
      { requirepass: 'x' },
      { 'enable-debug-command': true },
      { 'slowlog-log-slower-than': -2 },
      { maxclients: 12.5 },
      { maxclients: 'banana' },
      { 'maxmemory-policy': 'chaos' },
      { loglevel: 'debug' },
      { 'lazyfree-lazy-expire': 'maybe' },
      { 'notify-keyspace-events': 'x\ndir /tmp' },
      { 'notify-keyspace-events': '!' },
    ],
    read: async (_bench, guest, name) => String(((await asAdmin(guest, 'CONFIG', 'GET', name)) as string[])[1]),
    durable: { appendfsync: 'always' },
    resizeNeedsRestart: false,
  },
});
