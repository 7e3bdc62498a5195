export { calibrationJobOf } from './calibration/calibration.job.js';
export { trainingRole } from './training.module.js';
export { trainingRequestId } from './training-request.js';
