/** The boundaries between the rooms of the house (docs/architecture.md). */

/**
 * A room that sees only itself and the rooms and packages named.
 * @param {string} room folder of src-main
 * @param {readonly string[]} rooms other folders of src-main it may import
 * @param {readonly string[]} packages npm packages it may import
 */
function seesOnly(room, rooms, packages = []) {
  const allowed = [room, ...rooms].map((name) => `^src-main/${name}/`);
  return {
    name: `${room}-sees-only-${['itself', ...rooms, ...packages].join('-')}`,
    comment: `src-main/${room} is pure: no Node, no Electron, no other room.`,
    severity: 'error',
    from: { path: `^src-main/${room}/` },
    to: { pathNot: [...allowed, ...packages.map((name) => `^node_modules/${name}/`)] },
  };
}

export default {
  forbidden: [
    {
      name: 'no-circular',
      comment:
        'Code that needs itself to be loaded first. Types may know each other: a policy is handed the kernel that calls it.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'resolvable',
      comment: 'Everything imported exists.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    seesOnly('model', [], ['valibot', '@valibot/to-json-schema']),
    seesOnly('emulator', ['model'], ['pure-rand']),
    seesOnly('stream', ['model']),
    seesOnly('diff', ['model']),
    seesOnly('report', ['model', 'stream']),
    seesOnly('export', ['model', 'stream', 'report'], ['hyparquet-writer']),
    {
      name: 'renderer-sees-model-and-contract',
      comment: 'The window knows the vocabulary and the contract; everything else is on the other side of it.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: '^src-main/', pathNot: '^src-main/(?:model|ipc)/' },
    },
    {
      name: 'renderer-sees-only-types-of-contract',
      comment: 'Of the contract only its types: the code behind it runs in the main process.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { path: '^src-main/ipc/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'renderer-without-node',
      comment: 'The window is sandboxed.',
      severity: 'error',
      from: { path: '^src-renderer/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'main-does-not-see-renderer',
      severity: 'error',
      from: { path: '^src-main/' },
      to: { path: '^(?:src-renderer|test)/' },
    },
    {
      name: 'electron-at-the-edge',
      comment: 'Only the shell knows Electron; the same use cases run without a window.',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/(?:app/|preload/|index[.]ts$|bootstrap/default-app/)' },
      to: { path: '^node_modules/electron/' },
    },
    {
      name: 'sqlite-in-the-store',
      comment: 'Only the store knows SQLite.',
      severity: 'error',
      from: { path: '^src-', pathNot: '^src-main/store/' },
      to: { path: '^node_modules/(?:@types/)?better-sqlite3/' },
    },
    {
      name: 'bootstrap-stands-alone',
      comment: 'It runs before anything is installed, on the system’s Node.',
      severity: 'error',
      from: { path: '^src-main/bootstrap/', pathNot: '^src-main/bootstrap/default-app/' },
      to: { path: '^src-', pathNot: '^src-main/bootstrap/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^src-main/emulator/memory/wasm/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    combinedDependencies: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
      extensions: ['.ts', '.mjs', '.js', '.cjs', '.vue', '.json', '.d.ts'],
    },
  },
};
