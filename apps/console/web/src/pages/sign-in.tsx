import { useState, type ReactNode } from 'react';
import { Form } from 'react-aria-components';
import { RequestError } from '../api/request.js';
import { useChangePassword, useSignIn } from '../api/session.js';
import type { SessionView, SignedIn } from '../api/types.js';
import { Button } from '../ui/button.js';
import { Field } from '../ui/field.js';
import { Page } from '../ui/page.js';

const SHORTEST = 12;

export function SignInPage({ method }: { readonly method: SessionView['method'] }) {
  return (
    <Alone>
      <Page title="Sign in" lead="Tidegate console">
        {method === 'openid' ? (
          <a className="button button-primary" href="/api/sign-in">
            Continue to sign-in
          </a>
        ) : (
          <PasswordForm />
        )}
      </Page>
    </Alone>
  );
}

function PasswordForm() {
  const signIn = useSignIn();
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  return (
    <Form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        signIn.mutate({ name, password });
      }}
    >
      <Field label="Name" autoComplete="username" isRequired value={name} onChange={setName} />
      <Field
        label="Password"
        type="password"
        autoComplete="current-password"
        isRequired
        value={password}
        onChange={setPassword}
      />
      <Refusal error={signIn.error} />
      <Button kind="primary" type="submit" isPending={signIn.isPending}>
        Sign in
      </Button>
    </Form>
  );
}

/** A one-time password opens nothing but this. */
export function NewPasswordPage({ session }: { readonly session: SignedIn }) {
  return (
    <Alone>
      <Page title="Choose a password" lead="The one that you were given works once. Nobody else will know the new one.">
        <NewPasswordForm session={session} />
      </Page>
    </Alone>
  );
}

export function NewPasswordForm({ session, onDone }: { readonly session: SignedIn; readonly onDone?: () => void }) {
  const change = useChangePassword(session.csrf);
  const [current, setCurrent] = useState('');
  const [next, setNext] = useState('');
  const [again, setAgain] = useState('');
  return (
    <Form
      className="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (next !== again) return;
        change.mutate(
          { current, next },
          {
            onSuccess: () => {
              for (const clear of [setCurrent, setNext, setAgain]) clear('');
              onDone?.();
            },
          },
        );
      }}
    >
      {/* Password managers look for the name that the password belongs to. */}
      <input type="text" autoComplete="username" value={session.name} readOnly hidden />
      <Field
        label="Current password"
        type="password"
        autoComplete="current-password"
        isRequired
        value={current}
        onChange={setCurrent}
      />
      <Field
        label="New password"
        type="password"
        autoComplete="new-password"
        isRequired
        minLength={SHORTEST}
        hint={`At least ${SHORTEST} characters; several words are good.`}
        value={next}
        onChange={setNext}
      />
      <Field
        label="New password again"
        type="password"
        autoComplete="new-password"
        isRequired
        validate={(value) => (value === next ? null : 'The two differ.')}
        value={again}
        onChange={setAgain}
      />
      <Refusal error={change.error} />
      <Button kind="primary" type="submit" isPending={change.isPending}>
        Change password
      </Button>
    </Form>
  );
}

function Refusal({ error }: { readonly error: Error | null }) {
  if (error === null) return null;
  const words = error instanceof RequestError ? `${error.title}. ${error.detail}` : 'Something failed. Try again.';
  return (
    <p className="refusal" role="alert">
      {words}
    </p>
  );
}

function Alone({ children }: { readonly children: ReactNode }) {
  return <main className="alone">{children}</main>;
}
