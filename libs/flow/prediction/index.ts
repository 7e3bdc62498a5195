export { predictionRole } from './prediction.module.js';
