import { accessSync, chmodSync, constants, existsSync, mkdirSync } from 'node:fs';
import { createServer } from 'node:net';
import path from 'node:path';
import { Refusal } from './say.mjs';

export function requireSupportedNode(version = process.versions.node) {
  const [major, minor] = version.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) throw new Refusal(`Guestboard needs Node 20.19 or newer; this is ${version}.`);
  if (process.platform !== 'linux') throw new Refusal(`Guestboard runs on Linux; this is ${process.platform}.`);
}

/** Makes the folder if need be. Other accounts may pass through it, since guests have accounts of their own, but not list it. */
export function requireWritableFolder(folder) {
  try {
    const isNew = !existsSync(folder);
    makeFolder(folder);
    if (isNew) chmodSync(folder, 0o711);
    accessSync(folder, constants.W_OK | constants.X_OK);
    makeFolder(path.join(folder, 'run'));
  } catch (error) {
    throw new Refusal(
      `Guestboard cannot write to its data folder ${folder} (${error.code}): set GUESTBOARD_DATA to a folder it may write to.`,
    );
  }
}

/** One level at a time: told to do all, Node tries for ever where a file system answers ENOENT to making anything (/proc). */
function makeFolder(folder) {
  if (existsSync(folder)) return;
  makeFolder(path.dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}

export function requireFreePort(port, host) {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', (error) => reject(new Refusal(whyNoPort(error.code, port, host))));
    probe.listen({ port, host }, () => probe.close(resolve));
  });
}

function whyNoPort(code, port, host) {
  if (code === 'EADDRINUSE')
    return `Port ${port} on ${host} is already in use: stop the program that listens there, or set GUESTBOARD_PORT to another port.`;
  if (code === 'EACCES') return `Port ${port} on ${host} may not be opened by this account: set GUESTBOARD_PORT to a port above 1023.`;
  return `Guestboard cannot listen on ${host} port ${port} (${code}): set GUESTBOARD_HOST to an address of this machine.`;
}
