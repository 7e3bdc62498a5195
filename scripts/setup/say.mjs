const isQuiet = () => process.env.TIDEGATE_SETUP_QUIET === '1';

/** A line for the person who waits; on stderr, so that the output of a command stays its own. */
export const say = (line) => {
  if (!isQuiet()) process.stderr.write(`tidegate: ${line}\n`);
};

/** A failure that says what to do; printed without a stack. */
export class SetupError extends Error {}

/** Runs one step and says how long it took. */
export const timed = async (what, step) => {
  const began = performance.now();
  say(`${what} ...`);
  const result = await step();
  say(`${what}: done in ${((performance.now() - began) / 1000).toFixed(1)} s`);
  return result;
};
