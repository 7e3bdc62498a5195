/** Limits of the console that are the same in every installation. */
export const consoleLimits = {
  sessionIdleMs: 60 * 60_000,
  sessionLifetimeMs: 12 * 60 * 60_000,
  sessionsPerUser: 10,
  /** Failed sign-ins until a name has to wait; an address is shared by the people of an office. */
  freeAttempts: 5,
  freeAttemptsPerAddress: 50,
  longestWaitMs: 60_000,
  forgetAttemptsMs: 15 * 60_000,
  rememberedKeys: 10_000,
  /** Passwords that are checked at once: each takes 32 MiB and a thread. */
  passwordChecks: 4,
  /** Sign-ins that began at the issuer and did not come back. */
  pendingSignIns: 1000,
  pendingSignInMs: 10 * 60_000,
  /** A frame of the live page: four a second are as many as eyes follow. */
  frameMs: 250,
  verdictsPerFrame: 50,
  heartbeatMs: 5000,
  streams: 200,
  recentVerdicts: 5000,
  backfill: 50,
  watchGraceMs: 60_000,
  retryMs: 2000,
  /** Answers of the label role that a person waits for. */
  labelMs: 5000,
  /** Answers of the warehouse that a person waits for. */
  warehouseMs: 10_000,
  deadLetters: 100,
  /** Examples of one cluster of disagreement, and suspected labels, that are listed. */
  clusterItems: 20,
  labelErrors: 100,
  /** How far charts look back, by days and by sampling windows, and the most figures in one answer. */
  qualityDaysMs: 90 * 86_400_000,
  qualityWindowsMs: 7 * 86_400_000,
  qualityFigures: 20_000,
  datasets: 500,
  models: 1000,
  /** Builds and trainings that ended are still listed for a day. */
  endedWorkMs: 86_400_000,
  works: 20,
  /** Rows of a data set, and changed rows between two, that are listed. */
  datasetRows: 50,
  changedRows: 200,
  evaluations: 100,
  /** UTF-16 code units of a text that are shown. */
  shownText: 32_768,
  /** Bytes of a dead letter, and of one of its headers, that are shown. */
  shownBytes: 16_384,
  shownHeaderBytes: 1024,
} as const;
