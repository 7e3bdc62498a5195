import fc from 'fast-check';
import { consoleRoles, isConsoleRole, permissionsOf } from './roles.js';

const anyRoles = fc.subarray([...consoleRoles]);

describe('what roles permit', () => {
  it('only grows with more roles', () => {
    fc.assert(
      fc.property(anyRoles, anyRoles, (some, more) => {
        const both = permissionsOf([...some, ...more], false);
        for (const permission of permissionsOf(some, false)) expect(both).toContain(permission);
      }),
    );
  });

  it('is nothing until a one-time password was replaced', () => {
    fc.assert(
      fc.property(anyRoles, (roles) => {
        expect(permissionsOf(roles, true)).toEqual([]);
      }),
    );
  });

  it('lets nobody read text for looking after the installation', () => {
    expect(permissionsOf(['admin', 'ml', 'analyst'], false)).not.toContain('read_text');
    expect(permissionsOf(['reviewer'], false)).toContain('read_text');
  });

  it('lets only experts settle and override', () => {
    for (const role of consoleRoles) {
      const permissions = permissionsOf([role], false);
      expect(permissions.includes('settle_questions')).toBe(role === 'expert');
      expect(permissions.includes('override_verdicts')).toBe(role === 'expert');
      expect(permissions.includes('answer_questions')).toBe(role === 'expert' || role === 'reviewer');
    }
  });

  it('knows no role beside the six', () => {
    expect(consoleRoles.every(isConsoleRole)).toBe(true);
    expect(['root', '', null, 'Admin'].some(isConsoleRole)).toBe(false);
  });
});
