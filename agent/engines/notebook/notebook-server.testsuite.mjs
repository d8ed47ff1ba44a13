// A database server small enough to read: pages of numbers, each word written and synced before it is answered. Speaks a line of JSON
// each way, over TLS to those who log in and over a socket in the guest's folder to its agent.
import { scryptSync, timingSafeEqual } from 'node:crypto';
import { appendFileSync, existsSync, fsyncSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { createServer as createTlsServer } from 'node:tls';

const version = '1.0.3';
if (process.argv.includes('--version')) {
  console.log(`notebook ${version}`);
  process.exit(0);
}
const configFile = process.argv[2];
let config = readJson(configFile);
let access = readJson(config.accountsFile);
const { maxClients } = config;
const startedAtMs = Date.now();
const clients = new Map();
const pages = readPages();
const journal = openSync(config.pagesFile, 'a');

const words = {
  ping: { may: 'reader', do: () => 'pong' },
  list: { may: 'reader', do: (page) => getPage(page) },
  make: { may: 'author', do: (page) => keep(['make', page]) },
  add: { may: 'author', do: (page, n) => keep(['add', page, Number(n)]) },
  sleep: { may: 'reader', do: (seconds) => new Promise((resolve) => setTimeout(resolve, seconds * 1000)) },
  look: {
    may: 'agent',
    do: () => ({ version, startedAtMs, connections: clients.size, pages: pages.size, isFull: clients.size >= maxClients, ...access }),
  },
  show: { may: 'agent', do: (name) => (name === 'max_clients' ? maxClients : config.longestRow) },
  reload: { may: 'agent', do: reload },
};

function getPage(page) {
  const rows = pages.get(page);
  if (rows === undefined) throw new Error(`There is no page ${page}.`);
  return rows;
}

function keep(entry) {
  if (access.stopped) throw new Error('The notebook takes no writing now.');
  if (entry[0] === 'add') getPage(entry[1]);
  const line = `${JSON.stringify(entry)}\n`;
  if (line.length > config.longestRow) throw new Error('The row is too long.');
  writeSync(journal, line);
  fsyncSync(journal);
  apply(pages, entry);
}

function apply(kept, [word, page, n]) {
  if (word === 'make') kept.set(page, []);
  else kept.get(page).push(n);
}

/** A row that a crash cut off was never answered. */
function readPages() {
  const text = existsSync(config.pagesFile) ? readFileSync(config.pagesFile, 'utf8') : '';
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  if (whole.length < text.length) truncateSync(config.pagesFile, Buffer.byteLength(whole));
  const kept = new Map();
  for (const line of whole.split('\n').filter(Boolean)) apply(kept, JSON.parse(line));
  return kept;
}

function reload() {
  config = readJson(configFile);
  access = readJson(config.accountsFile);
  for (const [socket, { name, hash }] of clients) {
    const user = access.users.find((known) => known.name === name);
    if (user === undefined || !user.enabled || user.hash !== hash) socket.destroy();
  }
}

function logIn(socket, [, name, password]) {
  const user = access.users.find((known) => known.name === name && known.enabled);
  const hash = scryptSync(String(password), user?.salt ?? '', 32, { N: 1024 });
  if (user === undefined || !timingSafeEqual(hash, Buffer.from(user.hash, 'hex'))) throw new Error('Wrong name or password.');
  if (clients.size >= maxClients) throw new Error('too many clients already');
  clients.set(socket, { name, hash: user.hash });
}

async function obey(socket, isAgent, request) {
  const word = words[request[0]];
  const grants = access.users.find(({ name }) => name === clients.get(socket)?.name)?.grants ?? [];
  const rights = isAgent ? ['agent', 'author', 'reader'] : grants.includes('author') ? ['author', 'reader'] : grants;
  if (word === undefined || !rights.includes(word.may)) throw new Error(`${request[0]} is no word for you.`);
  return word.do(...request.slice(1));
}

function serve(isAgent) {
  return (socket) => {
    socket.on('error', () => {});
    socket.on('close', () => clients.delete(socket));
    const lines = createInterface({ input: socket });
    lines.on('error', () => {});
    lines.on('line', async (line) => {
      try {
        const request = JSON.parse(line);
        const value = request[0] === 'login' && !isAgent ? logIn(socket, request) : await obey(socket, isAgent, request);
        socket.write(`${JSON.stringify({ value: value ?? null })}\n`);
      } catch (error) {
        say('warning', error.message);
        socket.write(`${JSON.stringify({ error: error.message })}\n`);
      }
    });
  };
}

function say(level, text) {
  appendFileSync(config.logFile, `${new Date().toISOString()} ${level} ${text}\n`);
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

function giveUp(error) {
  say('error', error.message);
  process.exit(1);
}

process.on('SIGTERM', () => {
  rmSync(config.pidFile, { force: true });
  process.exit(0);
});
const tls = { cert: readFileSync(config.certificateFile), key: readFileSync(config.keyFile) };
rmSync(config.socketFile, { force: true });
// Only who has the port speaks to the agent.
createTlsServer(tls, serve(false))
  .on('error', giveUp)
  .listen({ port: config.port, host: config.host }, () => createServer(serve(true)).on('error', giveUp).listen(config.socketFile));
say('info', 'The notebook opens.');
