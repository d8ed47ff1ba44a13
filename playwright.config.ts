import { defineConfig } from '@playwright/test';
import { findMysql, listMariadb } from './agent/engines/mariadb/find-servers.testsuite.ts';
import { listRedis } from './agent/engines/redis/find-redis.testsuite.ts';
import { findFreePort } from './launcher/free-port.mjs';
import { chooseTestFolder } from './launcher/test-folder.mjs';
import { chromium } from './launcher/test-packages.mjs';

// Workers load this file again: what the first load decides reaches them by the environment.
process.env.GUESTBOARD_PORT = process.env.GUESTBOARD_E2E_PORT ??= String(await findFreePort());
process.env.GUESTBOARD_DATA = chooseTestFolder('test/e2e');
process.env.GUESTBOARD_PORT_RANGE ??= choosePortRange();
process.env.GUESTBOARD_HOST = '127.0.0.1';
delete process.env.DATABASE_URL;
// No Debian 12 has a MySQL: its spec runs on hosts that do, or where GUESTBOARD_PROGRAM_FOLDERS names one.
const mysql = findMysql();
if (mysql !== null) process.env.GUESTBOARD_E2E_MYSQL = mysql.binFolder;
process.env.GUESTBOARD_E2E_VERSIONS ??= JSON.stringify({
  MariaDB: listMariadb().map(({ version }) => version),
  Redis: listRedis().flatMap(({ version }) => (version.startsWith('valkey') ? [] : [version])),
});

const args = ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--disable-quic', '--no-first-run'];
const quiet = ['--disable-background-networking', '--disable-component-update', '--disable-sync'];

export default defineConfig({
  testDir: 'e2e',
  testIgnore: mysql === null ? ['mysql.spec.ts'] : [],
  outputDir: 'test-results',
  globalSetup: './e2e/start-guestboard.ts',
  globalTeardown: './e2e/stop-guestboard.ts',
  timeout: 180_000,
  // Only how long to wait. What is pushed is asked for by nothing else; how soon it is there, `npm run bench -- seen-on-page` measures.
  expect: { timeout: 30_000 },
  fullyParallel: false,
  workers: 1,
  forbidOnly: true,
  reporter: [['list'], ['json', { outputFile: 'var/test/playwright.json' }]],
  use: {
    baseURL: `http://127.0.0.1:${process.env.GUESTBOARD_E2E_PORT}`,
    // Without its film: drawing one for every spec took a sixth of the run. What a failed one looked like last is kept.
    trace: { mode: 'retain-on-failure', screenshots: false },
    screenshot: 'only-on-failure',
    launchOptions: { executablePath: chromium, args: [...args, ...quiet] },
  },
});

/** Another clone may run its specs at the same time: guests of the two had better not meet. */
function choosePortRange(): string {
  const first = 16_000 + 100 * Math.floor(Math.random() * 40);
  return `${first}-${first + 99}`;
}
