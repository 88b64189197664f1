import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import * as committed from '#emulator/memory/wasm-module';
import { repositoryRoot } from '../../support/shared.ts';

it('the compiled memory path is that of its sources', { timeout: 120_000 }, () => {
  const build = join(repositoryRoot, 'src-main/emulator/memory/wasm/build.mjs');
  const text = execFileSync(process.execPath, [build, '--print'], { encoding: 'utf8' });
  expect(text).toContain(committed.WASM_SOURCES_HASH);
  const base64 = [...text.matchAll(/^ {2}'([A-Za-z0-9+/=]+)',$/gm)].map((match) => match[1]).join('');
  expect(base64 === committed.WASM_BASE64).toBe(true);
});
