/** Limits of the gateway that are the same in every installation; those that differ are in the platform's configuration. */
export const gatewayLimits = {
  /** Calls that one process answers at once; streams have their own limit. */
  concurrency: 512,
  callerConcurrency: 64,
  rememberedCallers: 10_000,
  /** Contents that wait for an acknowledgement of the broker. */
  waitingContents: 5000,
  /** Milliseconds until a caller is told to come again. Below the 10 s after which most clients give up. */
  acknowledgementMs: 8000,
  /** Milliseconds to wait for the new owner of a partition: a planned hand-over takes about half of that. */
  handOverMs: 3000,
  /** Milliseconds for a question to another replica; shorter, so that its answer still arrives. */
  forwardMs: 6000,
  /** Texts that wait for a model. */
  waitingTexts: 4096,
  /** Texts in one run of a model: more gains little (stack 7: 16 to 256 rows cost the same a row) and delays the next caller. */
  textsPerRun: 64,
  streams: 128,
  streamsPerCaller: 8,
  heartbeatMs: 10_000,
  /** A reader that takes nothing for so long is cut off. */
  stalledReaderMs: 60_000,
  keyRefreshMs: 4000,
  /** A key that is not known makes the gateway look again at once, but not more often than this. */
  leastKeyRefreshMs: 1000,
  /** Longest address, bytes: a contentId of 256 characters, each of nine bytes when encoded, fits. */
  urlLength: 4096,
  /** Slow writers of requests are cut off, milliseconds. */
  headersMs: 5000,
  requestMs: 15_000,
  keepAliveMs: 10_000,
  /** Verdicts in one answer. */
  verdicts: 200,
} as const;
