import type { ConsoleRole, Permission } from '../api/index.js';

export const consoleRoles = ['reviewer', 'expert', 'policy', 'ml', 'analyst', 'admin'] as const;

/** What each role may do. Admins look after the installation: that alone lets nobody read what people wrote. */
const granted: Readonly<Record<ConsoleRole, readonly Permission[]>> = {
  reviewer: ['watch_verdicts', 'explain_verdicts', 'answer_questions', 'read_text'],
  expert: [
    'watch_verdicts',
    'explain_verdicts',
    'answer_questions',
    'settle_questions',
    'override_verdicts',
    'see_quality',
    'see_names',
    'see_live_quality',
    'read_text',
  ],
  policy: ['watch_verdicts', 'explain_verdicts', 'see_quality', 'see_live_quality', 'see_training', 'read_text'],
  ml: ['watch_verdicts', 'explain_verdicts', 'see_quality', 'see_live_quality', 'see_training', 'read_dead_letters'],
  analyst: [
    'watch_verdicts',
    'explain_verdicts',
    'see_quality',
    'see_live_quality',
    'see_training',
    'read_dead_letters',
  ],
  admin: [
    'watch_verdicts',
    'explain_verdicts',
    'see_quality',
    'see_names',
    'see_live_quality',
    'see_training',
    'read_dead_letters',
  ],
};

/** What somebody with these roles may do; nothing while a one-time password is not replaced. */
export function permissionsOf(roles: readonly ConsoleRole[], mustChangePassword: boolean): readonly Permission[] {
  return mustChangePassword ? [] : [...new Set(roles.flatMap((role) => granted[role]))];
}

export function isConsoleRole(name: unknown): name is ConsoleRole {
  return consoleRoles.some((role) => role === name);
}
