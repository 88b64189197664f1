import { join } from 'node:path';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'electron-vite';

const root = import.meta.dirname;

/** Electron 33 (the runtime for cut-off machines) is the oldest that runs the result: Node 20.18, Chromium 130. */
const OLDEST_NODE = 'node20.18';
const OLDEST_CHROME = 'chrome130';

/**
 * Worker entries need no line here: the main process imports them as `./thread.ts?modulePath`, and they come out beside it.
 */
export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      target: OLDEST_NODE,
      sourcemap: true,
      externalizeDeps: true,
      rolldownOptions: { input: { index: join(root, 'src-main', 'app', 'index.ts') } },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      target: OLDEST_NODE,
      sourcemap: true,
      // A sandboxed preload script is one CommonJS file: nothing can be imported from beside it.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(root, 'src-main', 'preload', 'index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: join(root, 'src-renderer'),
    plugins: [vue()],
    build: {
      outDir: join(root, 'out', 'renderer'),
      emptyOutDir: true,
      target: OLDEST_CHROME,
      sourcemap: true,
      rolldownOptions: { input: { index: join(root, 'src-renderer', 'index.html') } },
    },
  },
});
