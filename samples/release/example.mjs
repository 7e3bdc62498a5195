// npm install onnxruntime-node; node example.mjs "a text"
import { readFileSync } from 'node:fs';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { createFeaturiser, scoresOf } from './featuriser.mjs';

const model = JSON.parse(readFileSync('model/model.json', 'utf8'));
const { ids, weights } = createFeaturiser(model, readFileSync('model/tables/terms.bin'))(process.argv[2]);
const session = await InferenceSession.create('model/model.onnx');
const tensor = (type, values) => new Tensor(type, values, [1, ids.length]);
const { logits } = await session.run({ ids: tensor('int64', ids), weights: tensor('float32', weights) }, ['logits']);
console.log(JSON.stringify(scoresOf(model, logits.data)));
