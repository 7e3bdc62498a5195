import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { Form } from 'react-aria-components';
import { Link, useLocation } from 'wouter';
import { contentTextQuery, explanationQuery } from '../api/queries.js';
import { useOverride } from '../api/queue.js';
import { useMay, useSignedIn } from '../api/session.js';
import type { Action, ExplainedCategory, Explanation } from '../api/types.js';
import { ActionBadge } from '../ui/action-badge.js';
import { Button } from '../ui/button.js';
import { Copied } from '../ui/copied.js';
import { Dialog } from '../ui/dialog.js';
import { Facts } from '../ui/facts.js';
import { Field } from '../ui/field.js';
import { Failure, Loading, Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
import { Toggles } from '../ui/toggles.js';
import { Writing } from '../ui/writing.js';
import { categoryName, momentOf, probabilityOf, reasonOf } from '../ui/words.js';

/** One verdict back to what decided it. */
export function ExplainPage({ verdictId }: { readonly verdictId: string }) {
  return (
    <Page title="Explain a verdict" lead="What decided it: the scores, the thresholds, the bundle, the policy.">
      <Search key={verdictId} verdictId={verdictId} />
      {verdictId === '' ? (
        <Notice title="Which verdict?">
          <p>
            Open one from <Link href="/live">Live verdicts</Link>, or paste its id: 32 hexadecimal digits, the verdictId
            of the event.
          </p>
        </Notice>
      ) : (
        <Answer verdictId={verdictId} />
      )}
    </Page>
  );
}

function Search({ verdictId }: { readonly verdictId: string }) {
  const [, navigate] = useLocation();
  const [typed, setTyped] = useState(verdictId);
  return (
    <Form
      className="search"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== '') navigate(`/explain/${encodeURIComponent(typed.trim().toLowerCase())}`);
      }}
    >
      <Field label="Verdict id" isCode value={typed} onChange={setTyped} spellCheck="false" autoComplete="off" />
      <Button kind="primary" type="submit">
        Explain
      </Button>
    </Form>
  );
}

function Answer({ verdictId }: { readonly verdictId: string }) {
  const { data, error, isPending, refetch } = useQuery(explanationQuery(verdictId));
  if (isPending) return <Loading what="Looking in the warehouse" />;
  if (error !== null) return <Failure error={error} onRetry={() => void refetch()} />;
  return <Explained verdict={data} />;
}

function Explained({ verdict }: { readonly verdict: Explanation }) {
  const [top] = verdict.categories;
  const decisive = top === undefined ? null : { ...top, threshold: thresholdOf(top) };
  const mayRead = useMay('read_text');
  const mayOverride = useMay('override_verdicts') && verdict.kind !== 'RETRACTED' && verdict.supersededBy.length === 0;
  const isProvisional = verdict.categories.some(({ provisional }) => provisional);
  return (
    <article aria-label="Explanation">
      <section className="panel verdict-head">
        <p className="verdict-sentence">
          <ActionBadge action={verdict.action} /> in <strong>{verdict.channel}</strong>:{' '}
          {reasonOf({ ...verdict, decisive })}
        </p>
        <p>
          <Revealed text={`${verdict.platform}/${verdict.contentId}`} />, revision {verdict.revision}
        </p>
        {verdict.supersededBy.length > 0 ? (
          <p className="superseded">
            No longer in force. Replaced by{' '}
            {verdict.supersededBy.map((id) => (
              <Link key={id} href={`/explain/${id}`}>
                <code>{id.slice(0, 12)}</code>
              </Link>
            ))}
          </p>
        ) : null}
        {verdict.reason === null ? null : (
          <p>
            Reason: <Revealed text={verdict.reason} />
          </p>
        )}
      </section>
      {verdict.categories.length === 0 ? null : (
        <section className="panel">
          <h2>Scores and thresholds</h2>
          <TableFrame label="Scores and thresholds">
            <table className="scores">
              <thead>
                <tr>
                  <th scope="col">Category</th>
                  <th scope="col">Probability</th>
                  <th scope="col" className="wide-only">
                    Logit
                  </th>
                  <th scope="col">Review at</th>
                  <th scope="col">Block at</th>
                  <th scope="col">Asks for</th>
                </tr>
              </thead>
              <tbody>
                {verdict.categories.map((category) => (
                  <Score key={category.category} category={category} />
                ))}
              </tbody>
            </table>
          </TableFrame>
          {isProvisional ? (
            <p className="hint">Thresholds are provisional: declared by the policy, not yet solved from labels.</p>
          ) : null}
        </section>
      )}
      {mayRead ? (
        <Writing query={contentTextQuery(verdict.verdictId)} label="What was judged. Press Enter to read." />
      ) : null}
      {mayOverride ? <OverrideSection verdict={verdict} /> : null}
      <section className="panel">
        <h2>How it came about</h2>
        <ol className="steps">
          <Step title="Submitted" at={verdict.submittedAt}>
            <Facts
              facts={[
                ['Text', <code key="hash">{verdict.textHash}</code>],
                verdict.scoredAt === null ? null : ['Length', `${verdict.textLength} characters`],
                verdict.scoredAt === null ? null : ['Language', verdict.language],
              ]}
            />
          </Step>
          <Step
            title="Scored"
            at={verdict.scoredAt}
            missing="The prediction is not in the warehouse, or a person decided."
          >
            <Facts
              facts={[
                ['Model', <code key="model">{verdict.modelId}</code>],
                ['Calibration', <code key="calibration">{verdict.calibrationId}</code>],
                verdict.modelError === null ? null : ['Model failed', verdict.modelError],
              ]}
            />
          </Step>
          <Step title={`Decided by ${verdict.decidedBy.toLowerCase()}`} at={verdict.issuedAt}>
            <Facts
              facts={[
                ['Bundle', <code key="bundle">{verdict.deploymentId}</code>],
                ['Thresholds', <code key="thresholds">{verdict.thresholdSetId}</code>],
                ['Policy', `${verdict.policyId} version ${verdict.policyVersion}: ${verdict.policyTitle}`],
                ['Owner', <Revealed key="owner" text={verdict.policyOwner} />],
                ['Part', `${verdict.role.toLowerCase()}, mode ${verdict.mode.toLowerCase().replace('_', ' ')}`],
                ['Source', <code key="source">{verdict.source}</code>],
                verdict.causeId === null ? null : ['Asked for by', <code key="cause">{verdict.causeId}</code>],
                verdict.supersedes === null
                  ? null
                  : [
                      'Replaces',
                      <Link key="old" href={`/explain/${verdict.supersedes}`}>
                        <code>{verdict.supersedes}</code>
                      </Link>,
                    ],
              ]}
            />
          </Step>
        </ol>
      </section>
      <section className="panel">
        <h2>The same on the command line</h2>
        <Copied text={`npx tidegate explain ${verdict.verdictId}`} label="the command" />
      </section>
    </article>
  );
}

/** Loaded when it is asked for, and not before: most explanations need no text. */
const actions: readonly { readonly id: Action; readonly name: string }[] = [
  { id: 'ALLOW', name: 'Allow' },
  { id: 'REVIEW', name: 'Review' },
  { id: 'BLOCK', name: 'Block' },
];

/** What an expert decides instead. Asked twice: it holds across later re-scores. */
function OverrideSection({ verdict }: { readonly verdict: Explanation }) {
  const { csrf } = useSignedIn();
  const override = useOverride(csrf, verdict.verdictId);
  const [action, setAction] = useState<Action>(verdict.action === 'ALLOW' ? 'REVIEW' : 'ALLOW');
  const [reason, setReason] = useState('');
  const [isAsking, setAsking] = useState(false);
  const close = () => {
    setAsking(false);
  };
  if (override.data !== undefined) {
    return (
      <section className="panel" role="status">
        <h2>Overridden</h2>
        <p>
          <ActionBadge action={action} /> holds in <strong>{verdict.channel}</strong> from now on.{' '}
          {override.data.overturns
            ? 'The verdict that replaces this one follows in a moment.'
            : 'The verdict said so already; now a later score cannot change it.'}
        </p>
      </section>
    );
  }
  return (
    <section className="panel">
      <h2>Override</h2>
      <p className="hint">What you decide holds for this revision in {verdict.channel}, whatever later models say.</p>
      <Form
        className="form"
        onSubmit={(event) => {
          event.preventDefault();
          setAsking(true);
        }}
      >
        <Toggles
          label="What shall hold"
          mode="single"
          options={actions}
          selected={[action]}
          onChange={([next]) => {
            setAction(next ?? action);
          }}
        />
        <Field
          label="Reason"
          hint="In a few words, never from the text: it is kept with the verdict."
          isRequired
          maxLength={300}
          value={reason}
          onChange={setReason}
        />
        <Button type="submit">Override the verdict</Button>
      </Form>
      {isAsking ? (
        <Dialog title="Override the verdict?" onClose={close}>
          <p className="dialog-text">
            <ActionBadge action={verdict.action} /> becomes <ActionBadge action={action} /> in{' '}
            <strong>{verdict.channel}</strong> for <Revealed text={`${verdict.platform}/${verdict.contentId}`} />. It
            holds across later re-scores, and your decision is on record.
          </p>
          {override.error === null ? null : (
            <p className="refusal" role="alert">
              {override.error.message}
            </p>
          )}
          <div className="row">
            <Button
              kind="primary"
              isPending={override.isPending}
              onPress={() => {
                override.mutate({ action, reason: reason.trim() }, { onSuccess: close });
              }}
            >
              Override
            </Button>
            <Button onPress={close}>Leave it</Button>
          </div>
        </Dialog>
      ) : null}
    </section>
  );
}

function Score({ category }: { readonly category: ExplainedCategory }) {
  const { probability, reviewThreshold, blockThreshold, action } = category;
  return (
    <tr>
      <th scope="row">
        {categoryName(category.category)} <span className="hint">{category.category}</span>
      </th>
      <td>
        <span className="meter-cell">
          <span className="number">{probabilityOf(probability)}</span>
          <svg
            className={`meter meter-${action.toLowerCase()}`}
            viewBox="0 0 100 10"
            preserveAspectRatio="none"
            aria-hidden="true"
          >
            <rect className="meter-track" width="100" height="10" />
            <rect className="meter-fill" width={probability * 100} height="10" />
            {reviewThreshold === null ? null : <Tick at={reviewThreshold} />}
            {blockThreshold === null ? null : <Tick at={blockThreshold} />}
          </svg>
        </span>
      </td>
      <td className="number wide-only">{category.logit === null ? '' : category.logit.toFixed(2)}</td>
      <td className="number">{probabilityOf(reviewThreshold)}</td>
      <td className="number">{probabilityOf(blockThreshold)}</td>
      <td>
        <ActionBadge action={action} />
      </td>
    </tr>
  );
}

function Tick({ at }: { readonly at: number }) {
  return <rect className="meter-tick" x={at * 100 - 0.5} width="1" height="10" />;
}

interface StepProps {
  readonly title: string;
  readonly at: string | null;
  readonly missing?: string;
  readonly children: ReactNode;
}

function Step({ title, at, missing = '', children }: StepProps) {
  return (
    <li>
      <h3>{title}</h3>
      {at === null ? <p className="hint">{missing}</p> : <time dateTime={at}>{momentOf(at)}</time>}
      {children}
    </li>
  );
}

function thresholdOf({ action, reviewThreshold, blockThreshold }: ExplainedCategory): number | null {
  if (action === 'ALLOW') return null;
  return action === 'BLOCK' ? blockThreshold : reviewThreshold;
}
