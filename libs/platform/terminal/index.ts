export { createPaint, verdictLine, visible, type Paint } from './verdict-line.js';
