// Compiles this folder and writes ../wasm-module.ts. With --print, writes the module's text to standard output instead.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { main } from 'assemblyscript/asc';

const folder = fileURLToPath(new URL('.', import.meta.url));
const sources = readdirSync(folder).filter((name) => name.endsWith('.ts')).sort();
const hash = createHash('sha256');
for (const name of sources) hash.update(`${name}\n${readFileSync(folder + name, 'utf8').replaceAll('\r\n', '\n')}`);

const written = new Map();
const { error, stderr } = await main(
  ['index.ts', '--outFile', 'module.wasm', '--runtime', 'stub', '-O3', '--converge', '--noAssert', '--enable', 'simd', '--use', 'abort=', '--initialMemory', '16'],
  {
    readFile: (name, base) => {
      try {
        return readFileSync(name.startsWith('/') ? name : `${base === '.' ? folder : `${base}/`}${name}`, 'utf8');
      } catch {
        return null;
      }
    },
    writeFile: (name, contents) => void written.set(name, contents),
    listFiles: () => sources,
  },
);
if (error) {
  process.stderr.write(`${stderr.toString()}\n${error.message}\n`);
  process.exit(1);
}
const base64 = Buffer.from(written.get('module.wasm')).toString('base64');
const lines = base64.match(/.{1,160}/g).map((part) => `  '${part}',`);
const text = [
  '// Generated from wasm/ by wasm/build.mjs: do not edit.',
  '',
  '/** SHA-256 of the sources this was compiled from. */',
  `export const WASM_SOURCES_HASH = '${hash.digest('hex')}';`,
  '',
  '/** The compiled module, base64. */',
  'export const WASM_BASE64 = [',
  ...lines,
  "].join('');",
  '',
].join('\n');
if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(new URL('../wasm-module.ts', import.meta.url), text);
