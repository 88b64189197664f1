import type { Worker } from 'node:worker_threads';
import type { SteppedExploration } from '#emulator/explorer/explorer';
import type { ExplorerPolicy } from '#emulator/explorer/policies';
import { Cancelled } from '#lab/emulate';
import type { Scenario } from '#model/scenario';
import type { ExplorerRequest, ExplorerResponse } from '#workers/explorer-protocol';

/**
 * Explores a scenario under each policy in turn on a thread of its own, so that the window stays smooth meanwhile.
 * @param onPolicy told before each policy, with its place in the list
 * @throws Cancelled when the signal says so: the thread is then ended in the middle of its work
 */
export async function exploreOnThread(
  makeWorker: () => Worker,
  scenario: Scenario,
  policies: readonly ExplorerPolicy[],
  limit: number,
  options: { readonly signal?: AbortSignal; onPolicy?(policy: ExplorerPolicy, place: number): void } = {},
): Promise<SteppedExploration[]> {
  const worker = makeWorker();
  try {
    const results: SteppedExploration[] = [];
    for (const [place, policy] of policies.entries()) {
      options.onPolicy?.(policy, place);
      results.push(await askWorker(worker, { scenario, policy, limit }, options.signal));
    }
    return results;
  } finally {
    await worker.terminate();
  }
}

function askWorker(worker: Worker, request: ExplorerRequest, signal?: AbortSignal): Promise<SteppedExploration> {
  return new Promise((resolve, reject) => {
    const settle = (finish: () => void): void => {
      worker.off('message', onMessage);
      worker.off('error', onError);
      signal?.removeEventListener('abort', onAbort);
      finish();
    };
    const onAbort = (): void => settle(() => reject(new Cancelled()));
    const onError = (error: Error): void => settle(() => reject(error));
    const onMessage = (response: ExplorerResponse): void =>
      settle(() => {
        if (response.type === 'done') resolve(response.exploration);
        else reject(Object.assign(new Error(`the explorer failed: ${response.message}`), { detail: response.detail }));
      });
    worker.on('message', onMessage);
    worker.on('error', onError);
    signal?.addEventListener('abort', onAbort);
    if (signal?.aborted === true) onAbort();
    else worker.postMessage(request);
  });
}
