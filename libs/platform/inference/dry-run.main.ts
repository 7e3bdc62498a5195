// Runs alone, in a process of its own: loads the model, scores one padded batch, says what it saw; of a cascade it also runs
// the encoder over the longest text that it may get. Node runs it from
// source as well, so it uses only types that can be erased and imports nothing of ours.
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';

const [, , file = '', bucketsText = '1', encoderFile = '', mostTokens = '1'] = process.argv;
const buckets = BigInt(bucketsText);
const session = await InferenceSession.create(readFileSync(file), { intraOpNumThreads: 1, logSeverityLevel: 3 });
const rows = 16;
const width = 64;
const ids = BigInt64Array.from({ length: rows * width }, (_, i) => (BigInt(i) * 7919n) % buckets);
const weights = Float32Array.from({ length: rows * width }, (_, i) => (i % 5 === 0 ? 0 : 1 + (i % 3)));
const outputs = await session.run({
  ids: new Tensor('int64', ids, [rows, width]),
  weights: new Tensor('float32', weights, [rows, width]),
});
const logits = outputs['logits'];
const values = logits?.data as Float32Array;
const seen = [values];

if (encoderFile !== '') {
  const encoder = await InferenceSession.create(readFileSync(encoderFile), {
    intraOpNumThreads: 1,
    logSeverityLevel: 3,
  });
  const tokens = Number(mostTokens);
  const ones = (): Tensor => new Tensor('int64', new BigInt64Array(tokens).fill(1n), [1, tokens]);
  const hidden = await encoder.run(Object.fromEntries(encoder.inputNames.map((name) => [name, ones()])));
  for (const { data } of Object.values(hidden)) seen.push(data as Float32Array);
}

const finite = seen.every((numbers) => numbers.every((value) => Number.isFinite(value)));
process.stdout.write(JSON.stringify({ shape: logits?.dims, finite }));
