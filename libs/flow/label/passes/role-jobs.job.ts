import type { PolicyPublished } from '#platform/contracts';
import type { Job } from '#platform/jobs';
import type { Platform } from '#platform/role';
import { labelSalts } from '../quality/quality-draws.js';
import { labelJobs } from './label-jobs.job.js';

/** A day of hourly windows: the nightly pass. A demo with windows of a minute has a pass each 24 minutes. */
const WINDOWS_OF_A_PASS = 24;

/** The jobs as the label role, and `tidegate jobs run`, work on them. @param policies every version on policy.published */
export function labelJobsOf(platform: Platform, policies: () => Iterable<PolicyPublished>): readonly Job[] {
  const { writer, secret, config } = platform;
  const { channel, windowMs } = config.sampling;
  return labelJobs({
    write: (emissions) => writer.write(emissions),
    policies,
    salts: labelSalts(secret),
    channel,
    auditTasks: config.label.auditTasks,
    resolveEveryMs: WINDOWS_OF_A_PASS * windowMs,
    qualityEveryMs: windowMs,
  });
}
