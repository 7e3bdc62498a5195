/** A data set cannot be made: the request ends as FAILED. The message says why and what to do; it holds no content. */
export class BuildRefused extends Error {
  override readonly name = 'BuildRefused';
}

/** The role stops in the middle of a build: nothing is said, and the next one goes on. */
export class BuildStopped extends Error {
  override readonly name = 'BuildStopped';
}
