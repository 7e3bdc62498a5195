/** How long, and on how much, somebody has worked without a rest. */
export interface Stretch {
  readonly since: number;
  readonly items: number;
  readonly lastAt: number;
}

/** Who was away for so long has rested already. */
const REST_MS = 5 * 60_000;

export function begin(now: number): Stretch {
  return { since: now, items: 0, lastAt: now };
}

/** One more item. */
export function worked(stretch: Stretch, now: number): Stretch {
  if (now - stretch.lastAt >= REST_MS) return { since: now, items: 1, lastAt: now };
  return { ...stretch, items: stretch.items + 1, lastAt: now };
}

/** Whether it is time for a rest. 0 minutes or items: that is no reason. */
export function isBreakDue(
  stretch: Stretch,
  now: number,
  { breakMinutes, breakItems }: { readonly breakMinutes: number; readonly breakItems: number },
): boolean {
  const isLong = breakMinutes > 0 && now - stretch.since >= breakMinutes * 60_000;
  return isLong || (breakItems > 0 && stretch.items >= breakItems);
}
