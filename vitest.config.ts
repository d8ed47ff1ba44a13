import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['{contract,launcher,drivers,agent,server,client,components,scripts,bench}/**/*.test.{ts,tsx}'],
    exclude: ['**/node_modules/**', 'server/store/generated/**'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    maxWorkers: 2,
  },
});
