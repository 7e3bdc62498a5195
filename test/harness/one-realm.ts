import { runInThisContext } from 'node:vm';

// ONNX Runtime makes its outputs in Node's own realm and compares constructors; Jest's sandbox has others of the same name. Import
// this first: they must be equal before the runtime is loaded.
Object.assign(globalThis, runInThisContext('({ Float32Array, BigInt64Array })'));
