import path from 'node:path';
import { z } from 'zod';
import type { Preferences } from '../api/index.js';
import { createSharedFile } from './shared-file.js';

const MOST_CATEGORIES = 64;

/** What a person may choose. */
export const preferencesSchema = z.strictObject({
  isBlurred: z.boolean(),
  isGrey: z.boolean(),
  hasSingleKeys: z.boolean(),
  breakMinutes: z.int().min(0).max(240),
  breakItems: z.int().min(0).max(1000),
  limits: z
    .record(z.string().min(1).max(64), z.int().min(0).max(10_000))
    .refine((limits) => Object.keys(limits).length <= MOST_CATEGORIES),
});

/** The gentle ones: who wants to see more, sooner, says so. */
export const defaultPreferences: Preferences = {
  isBlurred: true,
  isGrey: true,
  hasSingleKeys: true,
  breakMinutes: 50,
  breakItems: 100,
  limits: {},
};

const fileSchema = z.object({ version: z.literal(1), people: z.record(z.string(), preferencesSchema) });
type PreferencesFile = z.output<typeof fileSchema>;

/** How people want to work, by id. What somebody can bear is theirs to tell: nobody else's pages show it. */
export interface PreferencesStore {
  of(userId: string): Promise<Preferences>;
  keep(userId: string, preferences: Preferences): Promise<void>;
}

export function createPreferencesStore(home: string): PreferencesStore {
  const file = createSharedFile<PreferencesFile>({
    file: path.join(home, 'console-preferences.json'),
    what: 'file of preferences',
    schema: fileSchema,
    empty: () => ({ version: 1, people: {} }),
  });
  return {
    of: async (userId) => (await file.read()).people[userId] ?? defaultPreferences,
    keep: (userId, preferences) =>
      file.change(({ people }) => {
        people[userId] = { ...preferences, limits: { ...preferences.limits } };
      }),
  };
}

/** Categories that a person has had enough of today. */
export function reachedLimits(
  limits: Readonly<Record<string, number>>,
  exposures: Readonly<Record<string, number>>,
): readonly string[] {
  return Object.entries(limits)
    .filter(([category, most]) => (exposures[category] ?? 0) >= most)
    .map(([category]) => category)
    .sort();
}
