import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Form } from 'react-aria-components';
import { preferencesQuery, progressQuery, usePrefer } from '../api/queue.js';
import { useMay, useSignedIn } from '../api/session.js';
import type { Preferences } from '../api/types.js';
import { Button } from '../ui/button.js';
import { Facts } from '../ui/facts.js';
import { Field } from '../ui/field.js';
import { Failure, Loading } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Switch } from '../ui/switch.js';
import { categories, languageName } from '../ui/words.js';
import { NewPasswordForm } from './sign-in.js';

/** Who one is here, and how one wants to work. */
export function ProfilePage() {
  const session = useSignedIn();
  const [isDone, setDone] = useState(false);
  return (
    <Page title="Profile">
      <section className="panel">
        <Facts
          facts={[
            ['Name', <bdi key="name">{session.name}</bdi>],
            ['Roles', session.roles.join(', ')],
            ['Languages', session.languages.length === 0 ? 'all' : session.languages.map(languageName).join(', ')],
            ['Teams', session.teams.length === 0 ? 'all' : session.teams.join(', ')],
            ['Signed in by', session.method === 'password' ? 'password' : 'OpenID Connect'],
          ]}
        />
      </section>
      {useMay('answer_questions') ? <WayOfWorking /> : null}
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

function WayOfWorking() {
  const { data, error, refetch } = useQuery(preferencesQuery);
  return (
    <section className="panel">
      <h2>How you work</h2>
      <p className="hint">Kept for you on the server; no page shows it to anybody else.</p>
      {error !== null ? (
        <Failure error={error} onRetry={() => void refetch()} />
      ) : data === undefined ? (
        <Loading what="Looking up how you work" />
      ) : (
        <PreferencesForm kept={data} />
      )}
    </section>
  );
}

/** Numbers as they are typed; empty is no limit. */
type Typed = Readonly<Record<string, string>>;

function PreferencesForm({ kept }: { readonly kept: Preferences }) {
  const { csrf } = useSignedIn();
  const prefer = usePrefer(csrf);
  // Only told where it is known: the form does not wait for the queue.
  const { data: progress } = useQuery(progressQuery);
  const [isBlurred, setBlurred] = useState(kept.isBlurred);
  const [isGrey, setGrey] = useState(kept.isGrey);
  const [hasSingleKeys, setSingleKeys] = useState(kept.hasSingleKeys);
  const [minutes, setMinutes] = useState(textOf(kept.breakMinutes));
  const [items, setItems] = useState(textOf(kept.breakItems));
  const [limits, setLimits] = useState<Typed>(
    Object.fromEntries(Object.entries(kept.limits).map(([category, most]) => [category, String(most)])),
  );
  return (
    <Form
      className="form preferences"
      onSubmit={(event) => {
        event.preventDefault();
        prefer.mutate({
          isBlurred,
          isGrey,
          hasSingleKeys,
          breakMinutes: Number(minutes),
          breakItems: Number(items),
          limits: Object.fromEntries(
            Object.entries(limits).flatMap(([category, most]) => (most === '' ? [] : [[category, Number(most)]])),
          ),
        });
      }}
    >
      <Switch label="Blur texts until I point at them or press a key" isOn={isBlurred} onChange={setBlurred} />
      <Switch label="Show texts grey" isOn={isGrey} onChange={setGrey} />
      <Switch label="Answer by single keys in the queue" isOn={hasSingleKeys} onChange={setSingleKeys} />
      <div className="pair">
        <NumberField label="A break after minutes" most={240} value={minutes} onChange={setMinutes} />
        <NumberField label="or after items" most={1000} value={items} onChange={setItems} />
      </div>
      <fieldset className="limits">
        <legend>Most items a day</legend>
        <p className="hint">
          Empty: no limit. 0: none at all. Beyond it, items that probably belong there go to somebody else until
          midnight UTC.
        </p>
        <div className="limit-grid">
          {categories.map(({ id, name }) => (
            <NumberField
              key={id}
              label={name}
              most={10_000}
              value={limits[id] ?? ''}
              hint={`${progress?.exposures[id] ?? 0} today`}
              onChange={(value) => {
                setLimits({ ...limits, [id]: value });
              }}
            />
          ))}
        </div>
      </fieldset>
      {prefer.error === null ? null : <p className="refusal">{prefer.error.message}</p>}
      <Button kind="primary" type="submit" isPending={prefer.isPending}>
        Keep this
      </Button>
      <p role="status">{prefer.isSuccess ? 'Kept.' : ''}</p>
    </Form>
  );
}

interface NumberFieldProps {
  readonly label: string;
  readonly most: number;
  readonly hint?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
}

function NumberField({ label, most, hint, value, onChange }: NumberFieldProps) {
  return (
    <Field
      label={label}
      inputMode="numeric"
      {...(hint === undefined ? {} : { hint })}
      value={value}
      onChange={onChange}
      validate={(text) => (/^\d*$/.test(text) && Number(text) <= most ? null : `A whole number to ${most}`)}
    />
  );
}

function textOf(value: number): string {
  return value === 0 ? '' : String(value);
}
