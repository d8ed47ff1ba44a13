import path from 'node:path';
import { connect as connectTls } from 'node:tls';
import { DatastoreName } from '#contract/datastores/index.ts';
import { type EngineUnderTest, tenant } from '../../engine-bench.testsuite.ts';
import { createPlace } from './place.testsuite.ts';
import { ask, converse } from './server.testsuite.ts';

const connect: EngineUnderTest['connect'] = async (guest, { user, password }) => {
  const socket = connectTls({ host: '127.0.0.1', port: guest.identity.port, ca: guest.tls.caPem });
  await new Promise<void>((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
  const client = converse(socket);
  await client.ask('login', user, password).catch((error: unknown) => {
    client.cut();
    throw error;
  });
  return {
    query: async (text) => {
      const answer = await client.ask(...text.split(' '));
      return Array.isArray(answer) ? answer.map((n) => ({ n })) : [{ answer }];
    },
    close: async () => client.cut(),
  };
};

export const notebook10: EngineUnderTest = {
  datastore: DatastoreName.parse('notebook'),
  version: '1.0',
  binFolder: path.join(process.cwd(), 'agent/engines/notebook'),
  connect,
  says: { make: (page) => `make ${page}`, add: (page, n) => `add ${page} ${n}`, list: (page) => `list ${page}`, nothing: 'ping' },
  manyRows: { make: '', count: '', change: '', bytes: 0 },
  withPassword: (password) => `login app ${password}`,
  sleep: (seconds) => `sleep ${seconds}`,
  grants: () => ['author'],
  writesOtherwise: [],
  refusesNetworks: false,
  initialisingMs: 1,
  forbidden: ['look', 'reload', 'show max_clients', 'constructor'],
  full: /too many clients/,
  names: {
    taken: ['a"b;drop--', "it's", 'two words', '数据库', '__proto__', '../../etc'],
    refused: ['a\nb', 'a\0b', '', 'root', 'Guestboard_x'],
  },
  logged: {
    provoke: async (guest) => {
      const client = await connect(guest, tenant);
      return client.query('scribble').finally(() => client.close());
    },
    level: 'warning',
    words: 'scribble is no word',
  },
  parameters: {
    live: ['longest_row', 500],
    restart: ['max_clients', 16],
    tooMuch: null,
    refused: [{ no_such_parameter: 1 }, { longest_row: 0 }, { max_clients: 12.5 }, { max_clients: 'many' }],
    read: async (_bench, guest, name) => String(await ask(createPlace(guest.identity), 'show', name)),
    durable: {},
    resizeNeedsRestart: false,
  },
};
