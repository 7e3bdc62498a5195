export { arbitraryDamage, arbitraryEvent } from './arbitrary-event.js';
export { issuedVerdict } from './issued-verdict.js';
export { createMemoryBroker, createMemoryLog } from './memory/memory-broker.js';
export { createStaticSerde } from './memory/static-serde.js';
export { describeBroker } from './conformance/broker-conformance.js';
export { poisonCorpus, soundContent } from './poison/poison-corpus.js';
export { widenedSchema, widenings } from './poison/widened-schemas.js';
export { loadExamples } from './load-examples.js';
