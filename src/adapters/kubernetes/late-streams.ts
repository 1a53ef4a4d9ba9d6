import { subscribe } from 'node:diagnostics_channel';
import type { ClientHttp2Stream } from 'node:http2';

/**
 * Over HTTP/2 a request that is given up in the moment it is sent goes out all the same, and is answered. Node then makes a second stream for the answer,
 * which no client knows of; when its session ends with an error so does that stream, and with nobody listening the process ends. Once for the process.
 */
export const hearLateStreams = once(() =>
  subscribe('http2.client.stream.created', (message) => {
    (message as { readonly stream: ClientHttp2Stream }).stream.on('error', () => undefined);
  }),
);

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}
