import { defineConfig } from 'vitest/config'

export default defineConfig({
  logLevel: 'error',
  test: {
    include: ['__tests__/**/*.test.ts'],
    // The tests mostly wait for servers: two at a time, also where Vitest would take one.
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // It imports JSON without the attribute that Node asks for; Vite does not.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
  },
})
