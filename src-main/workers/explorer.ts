/** Thread entry: explores scenarios, one policy after another. It is ended from outside when nobody waits any more. */
import { parentPort } from 'node:worker_threads';
import { explorePolicySteps } from '#emulator/explorer/explorer';
import type { ExplorerRequest, ExplorerResponse } from '#workers/explorer-protocol';

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

port.on('message', ({ scenario, policy, limit }: ExplorerRequest) => {
  port.postMessage(answer(() => explorePolicySteps(scenario, policy, limit)));
});

function answer(explore: () => ReturnType<typeof explorePolicySteps>): ExplorerResponse {
  try {
    return { type: 'done', exploration: explore() };
  } catch (error) {
    const known = error instanceof Error;
    return {
      type: 'failed',
      message: known ? error.message : String(error),
      detail: known ? (error.stack ?? '') : '',
    };
  }
}
