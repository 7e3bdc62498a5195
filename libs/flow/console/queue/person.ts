import type { LeaseRequest } from '#platform/contracts';
import type { Session } from '../access/sessions.js';

/** Who works, as the label role has to know them: by id, never by name. */
export function personOf(
  session: Pick<Session, 'userId' | 'teams' | 'languages'>,
  role: LeaseRequest['role'],
): Pick<LeaseRequest, 'labelerId' | 'role' | 'teams' | 'languages' | 'group'> {
  const { userId, teams, languages } = session;
  return { labelerId: userId, role, teams: [...teams], languages: [...languages], group: teams[0] ?? null };
}

/** Experts answer beside everybody else in the standard queue: what they say there is one blind answer of several. */
export function roleIn(queue: LeaseRequest['queue']): LeaseRequest['role'] {
  return queue === 'STANDARD' ? 'REVIEWER' : 'EXPERT';
}

export function roleOf({ roles }: Pick<Session, 'roles'>): LeaseRequest['role'] {
  return roles.includes('expert') ? 'EXPERT' : 'REVIEWER';
}
