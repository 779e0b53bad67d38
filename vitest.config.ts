import { defineConfig } from 'vitest/config'

export default defineConfig({
  logLevel: 'error',
  test: {
    include: ['__tests__/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 30_000,
    // It imports JSON without the attribute that Node asks for; Vite does not.
    server: { deps: { inline: ['@actions/workflow-parser'] } },
  },
})
