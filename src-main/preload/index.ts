import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { CHANNELS, TOPICS } from '#ipc/contract';

const calls = Object.fromEntries(
  CHANNELS.map((channel) => [channel, (request: unknown): Promise<unknown> => ipcRenderer.invoke(channel, request)]),
);

const topics = Object.fromEntries(
  TOPICS.map((topic) => [
    topic,
    (listener: (message: unknown) => void): (() => void) => {
      const forward = (_event: unknown, message: unknown): void => listener(message);
      ipcRenderer.on(topic, forward);
      return () => void ipcRenderer.off(topic, forward);
    },
  ]),
);

/** Where a file that was dropped on the window lies: the page itself never learns a path it was not handed. */
const pathOf = (file: File): string => webUtils.getPathForFile(file);

contextBridge.exposeInMainWorld('faultline', { calls, topics, pathOf });
