/** Thread entry: the one thread of a process that has the library open. Requests are done one after another. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { InputError } from '#model/problem';
import { StoreFailure } from '#store/failures';
import { Library } from '#store/library';
import { STORE_METHODS, type StoreMethod, type StoreRequest, type StoreResponse } from '#workers/store-protocol';

const entry = parentPort;
if (entry === null) throw new Error('this file is the entry of a worker thread');

let library: Library | null = null;
const ports: MessagePort[] = [];

serve(entry);

function serve(port: MessagePort): void {
  ports.push(port);
  port.on('message', (request: StoreRequest) => {
    if (request.type === 'connect') {
      serve(request.port);
      return;
    }
    const response = answer(request);
    port.postMessage(response, response.type === 'done' ? buffersIn(response.value) : []);
    // Closed, or never opened: nothing keeps the thread alive.
    if (library === null) for (const open of ports.splice(0)) open.close();
  });
}

function answer(request: Exclude<StoreRequest, { type: 'connect' }>): StoreResponse {
  const { number } = request;
  try {
    return { number, type: 'done', value: perform(request) };
  } catch (error) {
    if (error instanceof InputError) return { number, type: 'refused', problem: error.problem };
    if (error instanceof StoreFailure)
      return { number, type: 'failed', trouble: error.trouble, problem: error.problem };
    const known = error instanceof Error;
    return {
      number,
      type: 'broken',
      message: known ? error.message : String(error),
      detail: known ? (error.stack ?? '') : '',
    };
  }
}

function perform(request: Exclude<StoreRequest, { type: 'connect' }>): unknown {
  switch (request.type) {
    case 'open':
      library?.close();
      library = null;
      library = Library.open(request.path, request.options);
      return undefined;
    case 'close':
      library?.close();
      library = null;
      return undefined;
    case 'call':
      return call(request.method, request.args);
  }
}

function call(method: StoreMethod, args: readonly unknown[]): unknown {
  if (library === null) throw new Error('the library is not open');
  if (!STORE_METHODS.includes(method)) throw new Error(`the store has no method "${method}"`);
  // The client's types are those of the library's own methods; only the message has lost them.
  const action = library[method].bind(library) as (...values: readonly unknown[]) => unknown;
  return action(...args);
}

/** Buffers of an answer's arrays, to be handed over without copying; those that are views of kept ones stay. */
function buffersIn(value: unknown, found: ArrayBuffer[] = []): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    const { buffer } = value;
    if (buffer instanceof ArrayBuffer && buffer.byteLength === value.byteLength && buffer.byteLength > 0)
      found.push(buffer);
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const part of Object.values(value)) buffersIn(part, found);
  }
  return found;
}
