import { useState } from 'react';
import { useSignedIn } from '../api/session.js';
import { Facts } from '../ui/facts.js';
import { Page } from '../ui/page.js';
import { NewPasswordForm } from './sign-in.js';

export function AccountPage() {
  const session = useSignedIn();
  const [isDone, setDone] = useState(false);
  return (
    <Page title="Account">
      <section className="panel">
        <Facts
          facts={[
            ['Name', <bdi key="name">{session.name}</bdi>],
            ['Roles', session.roles.join(', ')],
            ['Signed in by', session.method === 'password' ? 'password' : 'OpenID Connect'],
          ]}
        />
      </section>
      {session.method === 'password' ? (
        <section className="panel">
          <h2>Change password</h2>
          <p className="hint">Signs you out everywhere else.</p>
          <NewPasswordForm
            session={session}
            onDone={() => {
              setDone(true);
            }}
          />
          <p role="status">{isDone ? 'The password is changed.' : ''}</p>
        </section>
      ) : null}
    </Page>
  );
}
