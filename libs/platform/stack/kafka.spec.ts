import { brokerSettings, clusterId } from './kafka.js';
import { encodeMetadataRequest, isReadyAnswer } from './kafka-probe.js';

describe('brokerSettings', () => {
  const settings = brokerSettings(9092, 9093, '/data');

  it('listens on loopback alone', () => {
    expect(settings['listeners']).toBe('PLAINTEXT://127.0.0.1:9092,CONTROLLER://127.0.0.1:9093');
    expect(settings['advertised.listeners']).toBe('PLAINTEXT://127.0.0.1:9092');
  });

  it('never makes a topic that nobody declared', () => {
    expect(settings['auto.create.topics.enable']).toBe('false');
  });

  it('takes dead letters of 2 MiB', () => {
    expect(settings['message.max.bytes']).toBeGreaterThan(2 * 1024 * 1024);
  });
});

describe('clusterId', () => {
  it('never begins with a hyphen, which the storage tool takes for an option', () => {
    for (let first = 0; first < 256; first++) {
      const id = clusterId(new Uint8Array(16).fill(first));
      expect(id).toMatch(/^[^-][\w-]{21}$/);
    }
  });
});

describe('the probe', () => {
  const answer = (brokers: number, controller: number): Buffer => {
    const broker = Buffer.from([0, 0, 0, 1, 0, 1, 0x68, 0, 0, 0x23, 0x84, 0xff, 0xff]);
    const head = Buffer.alloc(12);
    head.writeInt32BE(1, 0);
    head.writeInt32BE(brokers, 8);
    const tail = Buffer.alloc(2 + 1 + 4 + 4);
    tail.writeInt16BE(1, 0);
    tail.writeInt32BE(controller, 3);
    return Buffer.concat([head, ...Array.from({ length: brokers }, () => broker), tail]);
  };

  it('prefixes its request with the length', () => {
    const request = encodeMetadataRequest();
    expect(request.readInt32BE(0)).toBe(request.length - 4);
  });

  it('is content with a broker and a controller', () => {
    expect(isReadyAnswer(answer(1, 1))).toBe(true);
  });

  it('waits while there is no broker, no controller, or the answer belongs to another request', () => {
    expect(isReadyAnswer(answer(0, 1))).toBe(false);
    expect(isReadyAnswer(answer(1, -1))).toBe(false);
    expect(isReadyAnswer(Buffer.alloc(20))).toBe(false);
  });
});
