import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';

/**
 * Two projects. `unit`: everything but the windows, in parallel. `e2e`: the real Electron under a display,
 * one file after the other, after the build (see src-main/bootstrap/test.mjs).
 */
export default defineConfig({
  test: {
    projects: [
      {
        plugins: [vue()],
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**', 'test/bench/**'],
          environment: 'node',
          // Else an imported style sheet is an empty text, even with `?raw`.
          css: { include: [/[?&]raw$/] },
          // Six times what the slowest takes on a quiet machine of two cores; the few that take longer say so themselves.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          environment: 'node',
          globalSetup: ['test/support/display.ts'],
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 180_000,
          // What is polled for comes at once on a quiet machine; a busy one is given time.
          expect: { poll: { timeout: 30_000 } },
        },
      },
    ],
  },
});
