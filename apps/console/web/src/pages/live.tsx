import { memo } from 'react';
import { Link, useSearchParams } from 'wouter';
import { useLiveVerdicts } from '../api/live.js';
import type { Live } from '../api/live-list.js';
import { useSignedIn } from '../api/session.js';
import type { Action, LiveVerdict } from '../api/types.js';
import { ActionBadge } from '../ui/action-badge.js';
import { Button } from '../ui/button.js';
import { Choice } from '../ui/choice.js';
import { Field } from '../ui/field.js';
import { Notice } from '../ui/notice.js';
import { Page } from '../ui/page.js';
import { Revealed } from '../ui/revealed.js';
import { TableFrame } from '../ui/table-frame.js';
import { Toggles } from '../ui/toggles.js';
import { categories, momentOf, reasonOf, timeOf } from '../ui/words.js';

const actions: readonly { readonly id: Action; readonly name: string }[] = [
  { id: 'ALLOW', name: 'Allow' },
  { id: 'REVIEW', name: 'Review' },
  { id: 'BLOCK', name: 'Block' },
];

/** Verdicts as they come. The filter is in the address, so that it can be passed on. */
export function LivePage() {
  const { channels } = useSignedIn();
  const [search, setSearch] = useSearchParams();
  const { live, setPaused } = useLiveVerdicts(search.toString());
  const of = (name: string) => search.get(name) ?? '';
  const set = (name: string, value: string) => {
    setSearch(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(name);
        else next.set(name, value);
        return next;
      },
      { replace: true },
    );
  };
  const chosen = of('actions').split(',');
  return (
    <Page
      title="Live verdicts"
      lead={<Connection live={live} />}
      actions={
        <Button
          onPress={() => {
            setPaused(!live.isPaused);
          }}
        >
          {live.isPaused ? `Continue${live.held.length > 0 ? ` (${live.held.length} new)` : ''}` : 'Pause'}
        </Button>
      }
    >
      <div className="filters" role="group" aria-label="Filter">
        <div className="field">
          <span className="label" aria-hidden="true">
            Action
          </span>
          <Toggles
            label="Action"
            mode="multiple"
            options={actions}
            selected={actions.map(({ id }) => id).filter((id) => chosen.includes(id))}
            onChange={(next) => {
              set('actions', next.join(','));
            }}
          />
        </div>
        <Choice
          label="Channel"
          any="All channels"
          options={channels.map((id) => ({ id, name: id }))}
          value={of('channel')}
          onChange={(value) => {
            set('channel', value);
          }}
        />
        <Choice
          label="Category"
          any="All categories"
          options={categories}
          value={of('category')}
          onChange={(value) => {
            set('category', value);
          }}
        />
        <Field
          label="Platform"
          placeholder="All platforms"
          value={of('platform')}
          onChange={(value) => {
            set('platform', value);
          }}
        />
      </div>
      {live.shown.length === 0 ? (
        <Nothing live={live} isFiltered={search.size > 0} />
      ) : (
        <TableFrame label="Verdicts, newest first">
          <table className="live">
            <thead>
              <tr>
                <th scope="col">Time</th>
                <th scope="col">Action</th>
                <th scope="col">Content</th>
                <th scope="col" className="wide-only">
                  Channel
                </th>
                <th scope="col" className="wide-only">
                  Why
                </th>
              </tr>
            </thead>
            <tbody>
              {live.shown.map((verdict) => (
                <Row key={verdict.verdictId} verdict={verdict} />
              ))}
            </tbody>
          </table>
        </TableFrame>
      )}
    </Page>
  );
}

const Row = memo(function Row({ verdict }: { readonly verdict: LiveVerdict }) {
  return (
    <tr>
      <td className="number">
        <time dateTime={verdict.issuedAt} title={momentOf(verdict.issuedAt)}>
          {timeOf(verdict.issuedAt)}
        </time>
      </td>
      <td>
        <ActionBadge action={verdict.action} />
        {verdict.kind === 'ISSUED' ? null : <span className="kind">{verdict.kind.toLowerCase()}</span>}
      </td>
      <td className="content-cell">
        <Link href={`/explain/${verdict.verdictId}`}>
          <Revealed text={`${verdict.platform}/${verdict.contentId}`} />
        </Link>
        <span className="narrow-only hint">
          {verdict.channel} · {reasonOf(verdict)}
        </span>
      </td>
      <td className="wide-only">{verdict.channel}</td>
      <td className="wide-only why">{reasonOf(verdict)}</td>
    </tr>
  );
});

function Connection({ live }: { readonly live: Live }) {
  const words = {
    connecting: 'Connecting',
    open: live.isPaused ? 'Paused' : 'Following',
    waiting: 'The broker is away; the console keeps trying',
    lost: 'The console is away; this page keeps trying',
  }[live.connection];
  const rate = live.perSecond > 0 && live.perSecond < 1 ? '< 1' : Math.round(live.perSecond).toLocaleString('en-GB');
  return (
    <span className="connection">
      <span className={`dot dot-${live.isPaused ? 'paused' : live.connection}`} aria-hidden="true" />
      <span role="status">{words}</span>
      {live.connection === 'open' ? <span className="number"> · {rate} a second on all channels</span> : null}
      {live.skipped > 0 ? (
        <span className="number"> · {live.skipped.toLocaleString('en-GB')} not shown: more than can be read</span>
      ) : null}
    </span>
  );
}

function Nothing({ live, isFiltered }: { readonly live: Live; readonly isFiltered: boolean }) {
  if (live.connection === 'connecting') return <p className="loading">Connecting to the verdicts</p>;
  return isFiltered ? (
    <Notice title="No verdict passes this filter yet">
      <p>The page goes on following. Verdicts appear here as soon as one matches.</p>
    </Notice>
  ) : (
    <Notice title="No verdicts yet">
      <p>They appear here as soon as a platform publishes. To try it:</p>
      <pre className="command">
        <code>npx tidegate publish samples/content.jsonl</code>
      </pre>
    </Notice>
  );
}
