import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { hashFields } from '#policy';

const action = z.enum(['ALLOW', 'REVIEW', 'BLOCK']);

const leaseSchema = z.strictObject({
  leaseId: z.string(),
  taskId: z.string(),
  origin: z.enum(['DRAWN', 'TRAIN_ONLY', 'REPORTED', 'APPEALED', 'IMPORTED', 'RED_TEAM', 'OTHER']),
  platform: z.string(),
  contentId: z.string(),
  revision: z.int(),
  windowFrom: z.int().nullable(),
  queue: z.enum(['STANDARD', 'EXPERT', 'LEGAL']),
  labelerId: z.string(),
  group: z.string().nullable(),
  purpose: z.enum(['FRESH', 'GOLD', 'REPEAT']),
  ordinal: z.int(),
  leasedAt: z.int(),
  expiresAt: z.int(),
  /** policyId@version of the policies whose questions are asked. */
  policies: z.array(z.string()),
});

/** One item in the hands of one person, for a while. */
export type Lease = z.output<typeof leaseSchema>;

const sealedSchema = z.strictObject({
  ...leaseSchema.shape,
  /** Of the text that was shown. */
  textHash: z.string().nullable(),
  verdict: z
    .strictObject({
      verdictId: z.string(),
      channel: z.string(),
      action,
      textHash: z.string(),
      /** Of verdict.<channel>: where a request about it goes. */
      partition: z.int(),
    })
    .nullable(),
});

/** What a lease carries to the person and back, so that an answer is worth the same after a restart. */
export type SealedLease = z.output<typeof sealedSchema>;
export type AppealedVerdict = NonNullable<SealedLease['verdict']>;

/** The labeler works as an expert where an expert is asked, and blind like everybody else elsewhere. */
export function isExpertWork({ queue }: Pick<Lease, 'queue'>): boolean {
  return queue !== 'STANDARD';
}

export function leaseIdOf(lease: Omit<Lease, 'leaseId'>): string {
  const { taskId, platform, contentId, revision, labelerId, purpose, ordinal, leasedAt } = lease;
  return hashFields('lease', taskId, platform, contentId, revision, labelerId, purpose, ordinal, leasedAt);
}

export function submissionIdOf(leaseId: string, attempt: number): string {
  return hashFields('submission', leaseId, attempt);
}

/** Leases as words that nobody else can make: HMAC-SHA-256 under the secret of the installation. */
export interface LeaseSeal {
  readonly seal: (lease: SealedLease) => string;
  /** Null: not a lease of this installation. */
  readonly open: (word: string) => SealedLease | null;
}

export function createLeaseSeal(secret: Buffer): LeaseSeal {
  const key = createHmac('sha256', secret).update('label leases').digest();
  const mac = (body: string) => createHmac('sha256', key).update(body).digest();
  return {
    seal: (lease) => {
      const body = Buffer.from(JSON.stringify(lease)).toString('base64url');
      return `${body}.${mac(body).toString('base64url')}`;
    },
    open: (word) => {
      const [body = '', sign = '', ...rest] = word.split('.');
      const given = Buffer.from(sign, 'base64url');
      const right = mac(body);
      if (rest.length > 0 || given.length !== right.length || !timingSafeEqual(given, right)) return null;
      return sealedSchema.safeParse(JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))).data ?? null;
    },
  };
}
