import { connect } from 'node:net';

const METADATA_KEY = 3;
const METADATA_VERSION = 7;
const CORRELATION = 1;

/** A Metadata request for no topic at all: the broker answers with itself and the active controller. */
export const encodeMetadataRequest = (): Buffer => {
  const client = Buffer.from('tidegate-probe');
  const request = Buffer.alloc(4 + 2 + 2 + 4 + 2 + client.length + 4 + 1);
  let at = request.writeInt32BE(request.length - 4, 0);
  at = request.writeInt16BE(METADATA_KEY, at);
  at = request.writeInt16BE(METADATA_VERSION, at);
  at = request.writeInt32BE(CORRELATION, at);
  at = request.writeInt16BE(client.length, at);
  at += client.copy(request, at);
  at = request.writeInt32BE(0, at);
  request.writeInt8(0, at);
  return request;
};

/** Whether a whole Metadata v7 answer (without its length prefix) names a live broker and a controller. */
export const isReadyAnswer = (answer: Buffer): boolean => {
  if (answer.length < 12 || answer.readInt32BE(0) !== CORRELATION) return false;
  // After correlation id and throttle time: the brokers, the cluster id, the controller.
  const brokers = answer.readInt32BE(8);
  let at = 12;
  const skipString = (): void => {
    at += 2 + Math.max(0, answer.readInt16BE(at));
  };
  for (let index = 0; index < brokers; index++) {
    at += 4;
    skipString();
    at += 4;
    skipString();
  }
  skipString();
  return brokers > 0 && answer.readInt32BE(at) >= 0;
};

/** Asks the broker on a port, over the real protocol, whether it serves requests. Never rejects. */
export const probeKafka = (host: string, port: number, limitMs = 1_000): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ host, port });
    const chunks: Buffer[] = [];
    const finish = (ready: boolean): void => {
      socket.destroy();
      resolve(ready);
    };
    socket.setTimeout(limitMs, () => {
      finish(false);
    });
    socket.once('connect', () => {
      socket.write(encodeMetadataRequest());
    });
    socket.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      const answer = Buffer.concat(chunks);
      if (answer.length < 4 || answer.length < 4 + answer.readInt32BE(0)) return;
      try {
        finish(isReadyAnswer(answer.subarray(4)));
      } catch {
        finish(false);
      }
    });
    socket.once('error', () => {
      finish(false);
    });
    socket.once('close', () => {
      finish(false);
    });
  });
