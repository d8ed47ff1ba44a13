import { type ChildProcess, spawn } from 'node:child_process';
import { findFreePort } from '../launcher/free-port.mjs';
import { isSameProcess } from '../launcher/process-identity.mjs';
import { chooseTestFolder, removeTestFolder } from '../launcher/test-folder.mjs';
import { expect, test } from './fixtures.ts';
import { createInstance, waitForStatus } from './instances.ts';
import { findAgent, findPostmaster, getAgent, getGuest, getPostmaster, type Process } from './processes.ts';
import { killServer, type Product, readOperatorPassword, startProduct, stopProduct } from './product.ts';
import { createRest, signInForCookie } from './rest.ts';

test('whatever ends the server, databases run on and the next start finds them; npm stop ends everything', async () => {
  test.setTimeout(300_000);
  const port: number = await findFreePort();
  const product: Product = { url: `http://127.0.0.1:${port}`, port, data: chooseTestFolder('test/outlive') };
  await stopProduct(product);
  removeTestFolder(product.data);
  await startProduct(product);
  try {
    const rest = createRest(product.url, { cookie: await signInForCookie(product.url, 'operator', readOperatorPassword(product)) });
    const instance = await createInstance(rest);
    const guest = getGuest(product.data, instance.id);
    const postmaster = getPostmaster(guest);
    const agent = getAgent(guest);
    const expectUntouched = async () => {
      expect([isSame(postmaster), isSame(agent)], 'postmaster and agent are the processes they were').toEqual([true, true]);
      await waitForStatus(rest, instance.id, 'HEALTHY');
    };

    await test.step('kill -9 of the server', async () => {
      await killServer(product);
      await startProduct(product);
      await expectUntouched();
    });

    await test.step('Ctrl-C in a terminal', async () => {
      await stopOnlyServer(product);
      const terminal = openTerminal(product);
      await waitUntilReady(terminal);
      terminal.child.stdin?.write('\x03');
      await ended(terminal.child);
      expect(terminal.output()).toContain('The server is being stopped. Databases run on');
      expect(await answers(product)).toBe(false);
      expect([isSame(postmaster), isSame(agent)]).toEqual([true, true]);
    });

    await test.step('a closed terminal', async () => {
      const terminal = openTerminal(product);
      await waitUntilReady(terminal);
      await expectUntouched();
      terminal.child.kill('SIGKILL');
      await expect.poll(() => answers(product), { timeout: 20_000 }).toBe(false);
      await startProduct(product);
      await expectUntouched();
    });

    await test.step('npm stop, and the start after it', async () => {
      await stopProduct(product);
      expect([isSame(postmaster), isSame(agent), findPostmaster(guest), findAgent(guest)]).toEqual([false, false, null, null]);
      await startProduct(product);
      // Never healthy before a database runs again: what its agent said before the stop counts for nothing.
      await waitForStatus(rest, instance.id, 'HEALTHY');
      expect(findPostmaster(guest)).not.toBeNull();
    });
  } finally {
    await stopProduct(product);
    removeTestFolder(product.data);
  }
});

type Terminal = { child: ChildProcess; output: () => string };

/** `npm start` in a pseudo-terminal of its own, as a person has it. */
function openTerminal(product: Product): Terminal {
  const env = { ...process.env, GUESTBOARD_PORT: String(product.port), GUESTBOARD_DATA: product.data };
  const child = spawn('script', ['-qefc', 'npm start', '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (chunk) => {
    said += chunk;
  });
  return { child, output: () => said };
}

async function waitUntilReady({ output }: Terminal): Promise<void> {
  await expect.poll(output, { timeout: 60_000 }).toContain('`npm stop` stops everything');
}

async function stopOnlyServer(product: Product): Promise<void> {
  await killServer(product);
  await expect.poll(() => answers(product)).toBe(false);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null) await new Promise((resolve) => child.once('exit', resolve));
}

function isSame({ pid, startTicks }: Process): boolean {
  return isSameProcess(pid, startTicks);
}

async function answers({ url }: Product): Promise<boolean> {
  return fetch(`${url}/healthz`).then(
    (answer) => answer.ok,
    () => false,
  );
}
