import { useEffect, useRef, type ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { useSignedIn, useSignOut } from './api/session.js';
import type { Permission } from './api/types.js';
import { Button } from './ui/button.js';
import { useTheme, type Theme } from './ui/theme.js';
import { Toggles } from './ui/toggles.js';

const entries: readonly { readonly path: string; readonly name: string; readonly needs: Permission }[] = [
  { path: '/queue', name: 'Queue', needs: 'answer_questions' },
  { path: '/live', name: 'Live', needs: 'watch_verdicts' },
  { path: '/explain', name: 'Explain', needs: 'explain_verdicts' },
  { path: '/quality', name: 'Quality', needs: 'see_quality' },
  { path: '/live-quality', name: 'Live quality', needs: 'see_live_quality' },
  { path: '/datasets', name: 'Data sets', needs: 'see_training' },
  { path: '/models', name: 'Models', needs: 'see_training' },
  { path: '/dead-letters', name: 'Dead letters', needs: 'read_dead_letters' },
];

const themes: readonly { readonly id: Theme; readonly name: string }[] = [
  { id: 'system', name: 'System' },
  { id: 'light', name: 'Light' },
  { id: 'dark', name: 'Dark' },
];

/** The frame of all pages: where one can go, who one is. */
export function Shell({ children }: { readonly children: ReactNode }) {
  const session = useSignedIn();
  const [location] = useLocation();
  const [theme, setTheme] = useTheme();
  const signOut = useSignOut(session.csrf);
  const main = useRef<HTMLElement>(null);
  const section = location.split('/')[1] ?? '';
  const shown = useRef(section);
  // Another page begins at its beginning, also for who hears it; the first one leaves the focus to the browser.
  useEffect(() => {
    if (shown.current === section) return;
    shown.current = section;
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [section]);
  return (
    <div className="shell">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <header className="bar">
        <Link href="/" className="brand">
          <svg viewBox="0 0 32 32" aria-hidden="true">
            <path d="M4 12c4 0 4 4 8 4s4-4 8-4 4 4 8 4M4 21c4 0 4 4 8 4s4-4 8-4 4 4 8 4" />
            <path d="M16 3v7" />
          </svg>
          Tidegate
        </Link>
        <nav aria-label="Pages">
          <ul>
            {entries
              .filter(({ needs }) => session.permissions.includes(needs))
              .map(({ path, name }) => (
                <li key={path}>
                  <Link href={path} aria-current={isWithin(location, path) ? 'page' : undefined}>
                    {name}
                  </Link>
                </li>
              ))}
          </ul>
        </nav>
        <div className="who">
          <Toggles
            label="Colours"
            mode="single"
            options={themes}
            selected={[theme]}
            onChange={([next]) => {
              setTheme(next ?? 'system');
            }}
          />
          <div className="person">
            <Link href="/profile" aria-current={location === '/profile' ? 'page' : undefined}>
              <bdi>{session.name}</bdi>
            </Link>
            <Button
              isPending={signOut.isPending}
              onPress={() => {
                signOut.mutate(undefined);
              }}
            >
              Sign out
            </Button>
          </div>
        </div>
      </header>
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function isWithin(location: string, path: string): boolean {
  return location === path || location.startsWith(`${path}/`);
}
