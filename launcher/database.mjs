import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { requirePrivateFolder } from './layout.mjs';
import { findPostmaster, forgetStrangersLock } from './postmaster.mjs';
import { isSameProcess, signal, waitUntilGone } from './process-identity.mjs';
import { run } from './run.mjs';
import { Refusal, say } from './say.mjs';

const name = 'guestboard';
const lookMs = 500;
const longestPauseMs = 30_000;
const sealed = "the control plane's database cannot be opened without the password in it: put back the copy you keep.";

/**
 * Runs the control plane's own PostgreSQL on a unix socket, with a password, in a session of its own. One that a killed
 * launcher left behind is adopted. Returns { url, isNew, isAdopted, keepUp, stop }; from `keepUp` on one that ends unasked is started again.
 */
export async function startDatabase(layout, native, account) {
  const isNew = !isMade(layout);
  requirePrivateFolder(layout.sockets, account);
  if (isNew) await createCluster(layout, native, account);
  const password = readPassword(layout);
  const isAdopted = findPostmaster(layout.database) !== undefined;
  const start = async (deadline = performance.now() + 30_000) => {
    try {
      const postmaster = findPostmaster(layout.database) ?? (await startPostmaster(layout, native, account));
      await waitForSocket(layout, postmaster);
      return postmaster;
    } catch (error) {
      // One that was killed holds its lock until somebody asks how it ended, and its processes hold its memory until they notice.
      if (!/is still in use|lock file "postmaster\.pid" already exists/.test(error.message) || performance.now() > deadline) throw error;
      await sleep(200);
      return start(deadline);
    }
  };
  let postmaster = await start();
  const stopping = new AbortController();
  let watching;
  const url = `postgresql://${name}:${password}@localhost:5432/${name}?host=${encodeURIComponent(layout.sockets)}`;
  return { url, isNew, isAdopted, keepUp, stop };

  function keepUp() {
    watching = watch().catch(() => {});
  }

  /** Returns only by the signal's error: the server, which waits for it, and the guests run on while it is tried again. */
  async function watch() {
    for (let pauseMs = lookMs; ; ) {
      await sleep(pauseMs, undefined, { signal: stopping.signal });
      if (isSameProcess(postmaster.pid, postmaster.startTicks)) continue;
      try {
        postmaster = await start();
        pauseMs = lookMs;
        say("The control plane's database had ended; it was started again.");
      } catch (error) {
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
        say(`${error.message}\nIt is tried again in ${pauseMs / 1000} s.`);
      }
    }
  }

  async function stop() {
    stopping.abort();
    await watching;
    await stopPostmaster(postmaster);
  }
}

/** Throws a Refusal when a database that was made cannot be opened any more. */
export function requireDatabasePassword(layout) {
  if (isMade(layout)) readPassword(layout);
}

function isMade(layout) {
  return existsSync(path.join(layout.database, 'PG_VERSION'));
}

function readPassword({ databasePassword }) {
  let password;
  try {
    password = readFileSync(databasePassword, 'utf8').trim();
  } catch (error) {
    const what = error.code === 'ENOENT' ? 'is gone' : `cannot be read (${error.code})`;
    throw new Refusal(`The file ${databasePassword} ${what}, and ${sealed}`);
  }
  if (password === '') throw new Refusal(`The file ${databasePassword} is empty, and ${sealed}`);
  return password;
}

/** Stops a database this data folder's launcher left running. Returns whether there was one. */
export async function stopLeftDatabase(layout) {
  const postmaster = findPostmaster(layout.database);
  if (postmaster) await stopPostmaster(postmaster);
  return postmaster !== undefined;
}

/** Made beside its place and moved there when whole: a start that was cut short leaves nothing half made. */
async function createCluster(layout, native, account) {
  const folder = `${layout.database}.part`;
  rmSync(folder, { recursive: true, force: true });
  requirePrivateFolder(folder, account);
  const password = randomBytes(24).toString('base64url');
  mkdirSync(path.dirname(layout.databasePassword), { recursive: true, mode: 0o700 });
  writeFileSync(layout.databasePassword, `${password}\n`, { mode: 0o600 });
  const passwordForInit = path.join(layout.sockets, 'password');
  writeFileSync(passwordForInit, `${password}\n`, { mode: 0o600 });
  if (account) chownSync(passwordForInit, account.uid, account.gid);
  const options = { ...account, cwd: '/', env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  const authentication = ['--auth-local=scram-sha-256', '--auth-host=scram-sha-256', `--pwfile=${passwordForInit}`];
  const shape = ['-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  const init = await run(path.join(native, 'bin/initdb'), ['-D', folder, '-U', name, ...authentication, ...shape], options);
  rmSync(passwordForInit);
  const create = () => run(path.join(native, 'bin/postgres'), ['--single', '-D', folder, 'postgres'], options, `CREATE DATABASE ${name}\n`);
  const made = init.code === 0 ? await create() : init;
  if (made.code !== 0) throw new Refusal(`The control plane's database could not be made in ${folder}.\n${made.output.trim()}`);
  renameSync(folder, layout.database);
}

async function startPostmaster(layout, native, account) {
  forgetStrangersLock(layout.database);
  mkdirSync(layout.logs, { recursive: true, mode: 0o700 });
  const log = openSync(path.join(layout.logs, 'database.log'), 'a', 0o600);
  const options = [
    'listen_addresses=',
    `unix_socket_directories=${layout.sockets}`,
    'unix_socket_permissions=0700',
    'max_connections=200',
    'jit=off',
  ];
  const args = ['-D', layout.database, '-p', '5432', ...options.flatMap((option) => ['-c', option])];
  const child = spawn(path.join(native, 'bin/postgres'), args, {
    ...account,
    cwd: '/',
    detached: true,
    stdio: ['ignore', log, log],
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
  });
  closeSync(log);
  await new Promise((resolve, reject) => child.on('spawn', resolve).on('error', reject));
  child.unref();
  const deadline = performance.now() + 60_000;
  for (;;) {
    const postmaster = findPostmaster(layout.database);
    if (postmaster) return postmaster;
    if (child.exitCode !== null || performance.now() > deadline) throw new Refusal(whyNotStarted(layout));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function waitForSocket(layout, postmaster) {
  const deadline = performance.now() + 60_000;
  while (!(await answers(path.join(layout.sockets, '.s.PGSQL.5432')))) {
    if (performance.now() > deadline || (await waitUntilGone(postmaster, 0))) throw new Refusal(whyNotStarted(layout));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** True once the server greets a client properly; while it starts or recovers it answers with an error instead. */
function answers(socketPath) {
  return new Promise((resolve) => {
    const parameters = Buffer.from(`user\0${name}\0database\0${name}\0\0`);
    const head = Buffer.alloc(8);
    head.writeInt32BE(parameters.length + 8, 0);
    head.writeInt32BE(196608, 4);
    const socket = connect(socketPath, () => socket.write(Buffer.concat([head, parameters])));
    const settle = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .on('data', (data) => settle(data[0] === 'R'.charCodeAt(0)))
      .on('error', () => settle(false))
      .on('close', () => settle(false));
  });
}

async function stopPostmaster(postmaster) {
  signal(postmaster, 'SIGINT');
  if (await waitUntilGone(postmaster, 30_000)) return;
  signal(postmaster, 'SIGQUIT');
  await waitUntilGone(postmaster, 5_000);
}

function whyNotStarted(layout) {
  const file = path.join(layout.logs, 'database.log');
  const last = existsSync(file) ? readFileSync(file, 'utf8').slice(-2000).trimEnd().split('\n').slice(-8).join('\n') : '';
  return `The control plane's database does not start; its log is ${file}.\n${last}`;
}
