import { useEffect, useRef } from 'react';
import type { Action, Answer, Preferences } from '../api/types.js';
import { ActionBadge } from '../ui/action-badge.js';
import { Button } from '../ui/button.js';
import { KeyCap } from '../ui/key-cap.js';
import { Revealed } from '../ui/revealed.js';
import { Sensitive } from '../ui/sensitive.js';
import { categoryName, kindName, languageName, momentOf, placesOf } from '../ui/words.js';
import { asked } from './answer-sheet.js';
import { QuestionRow } from './question-row.js';
import type { Item } from './queue-session.js';

const reasons = {
  APPEAL: 'The author appeals',
  UNSURE: 'Somebody was unsure',
  DISAGREEMENT: 'People disagree',
  ESCALATED: 'Somebody escalated it',
  OVERRIDE: 'A verdict is in question',
  AUDIT: 'Audit: what do you make of it?',
} as const;

export interface ItemViewProps {
  readonly item: Item;
  readonly preferences: Preferences;
  readonly isCorrecting: boolean;
  readonly isOpen: boolean;
  readonly onOpen: (isOpen: boolean) => void;
  readonly active: string | null;
  readonly helped: string | null;
  readonly hasVotes: boolean;
  /** An appeal was to be saved without a decision. */
  readonly lacksDecision: boolean;
  readonly onChoose: (question: string, answer: Answer) => void;
  readonly onHelp: (question: string) => void;
  readonly onVotes: () => void;
  readonly onDecide: (action: Action) => void;
}

/** The item in hand: what was written, what came before and after it, and the questions about it. */
export function ItemView(props: ItemViewProps) {
  const { item, preferences, isCorrecting, isOpen, onOpen, active, helped, hasVotes, lacksDecision } = props;
  const { task, layout, sheet, number } = item;
  const heading = useRef<HTMLHeadingElement>(null);
  // Whoever hears the page begins each item at its name.
  useEffect(() => {
    heading.current?.focus({ preventScroll: true });
  }, [number, item.attempt]);
  const what = `${kindName(task.kind)}, ${languageName(task.language)}`;
  const before = task.context.filter(({ position }) => position < 0);
  const after = task.context.filter(({ position }) => position >= 0);
  const hasKeys = preferences.hasSingleKeys;
  return (
    <article className="item" aria-labelledby="item-heading">
      <section className="item-text">
        <header className="item-head">
          <h2 id="item-heading" ref={heading} tabIndex={-1}>
            {isCorrecting ? 'Correcting item' : 'Item'} {number}
          </h2>
          <p className="hint">
            {what}
            {task.why === null ? '' : ` · ${reasons[task.why]}`}
          </p>
        </header>
        {task.text === null ? (
          <p className="gone">The text is not kept any more. Go on: nobody is asked about it again.</p>
        ) : (
          <Sensitive
            key={task.leaseId}
            label={`What was written: ${what}. Press the space bar to read.`}
            isBlurred={preferences.isBlurred}
            isGrey={preferences.isGrey}
            opensOnFocus
            hint={hasKeys ? 'Blurred. Point at it, or press the space bar.' : 'Blurred. Point at it to read.'}
            open={{ isOpen, onChange: onOpen }}
          >
            <div className="writing">
              {before.length === 0 ? null : <Conversation title="Before it" entries={before} />}
              <pre className="dump item-dump">
                <Revealed text={task.text} />
              </pre>
              {after.length === 0 ? null : <Conversation title="After it" entries={after} />}
            </div>
          </Sensitive>
        )}
        {task.masked > 0 ? <p className="hint">Personal data masked in {placesOf(task.masked)}.</p> : null}
        {task.text !== null && task.text.length < task.textLength ? (
          <p className="hint">
            The first {task.text.length.toLocaleString('en-GB')} of {task.textLength.toLocaleString('en-GB')}{' '}
            characters. If the rest may matter, escalate.
          </p>
        ) : null}
        {task.verdict === null ? null : <Appeal {...props} verdict={task.verdict} lacksDecision={lacksDecision} />}
      </section>
      <section className="item-questions" aria-label="Questions">
        {task.votes === null ? null : (
          <div className="votes-switch">
            <Button aria-expanded={hasVotes} onPress={props.onVotes}>
              {hasVotes ? 'Hide what others answered' : 'Show what others answered'}
              {hasKeys ? <KeyCap>V</KeyCap> : null}
            </Button>
          </div>
        )}
        <ol className="questions">
          {asked(layout, sheet).map((entry) => {
            const { key } = entry.question;
            return (
              <QuestionRow
                key={key}
                entry={entry}
                isBelow={!layout.includes(entry)}
                answer={sheet[key]}
                isActive={active === key}
                hasHelp={helped === key}
                hasKeys={hasKeys}
                votes={hasVotes ? (task.votes?.[key] ?? {}) : null}
                onChoose={(answer) => {
                  props.onChoose(key, answer);
                }}
                onHelp={() => {
                  props.onHelp(key);
                }}
              />
            );
          })}
        </ol>
      </section>
    </article>
  );
}

function Conversation({ title, entries }: { readonly title: string; readonly entries: Item['task']['context'] }) {
  return (
    <section className="conversation">
      <h3>{title}</h3>
      <ol>
        {entries.map(({ position, text, isSameAuthor, submittedAt }) => (
          <li key={position} className={isSameAuthor ? 'same-author' : ''}>
            <p className="hint">
              {isSameAuthor ? 'Same author' : 'Somebody else'}, {momentOf(new Date(submittedAt).toISOString())}
            </p>
            <p className="conversation-text">
              <Revealed text={text} />
            </p>
          </li>
        ))}
      </ol>
    </section>
  );
}

const decisions: readonly { readonly id: Action; readonly key: string }[] = [
  { id: 'ALLOW', key: 'A' },
  { id: 'REVIEW', key: 'R' },
  { id: 'BLOCK', key: 'B' },
];

type AppealProps = Pick<ItemViewProps, 'item' | 'preferences' | 'onDecide' | 'lacksDecision' | 'isOpen'> & {
  readonly verdict: NonNullable<Item['task']['verdict']>;
};

function Appeal({ item, preferences, verdict, onDecide, lacksDecision, isOpen }: AppealProps) {
  const name = `decision-${item.task.leaseId}`;
  return (
    <section className="appeal" aria-label="The verdict">
      <p>
        The verdict in <strong>{verdict.channel}</strong> was <ActionBadge action={verdict.action} />
        {verdict.flagged.length === 0 ? '' : ` for ${verdict.flagged.map(categoryName).join(', ')}`}.
      </p>
      {verdict.appeal === null ? null : (
        <div className={isOpen || !preferences.isBlurred ? 'plea' : 'plea plea-blurred'}>
          <p className="hint">What the author says</p>
          <p>
            <Revealed text={verdict.appeal} />
          </p>
        </div>
      )}
      <fieldset className="decision" aria-invalid={lacksDecision} aria-describedby={`${name}-hint`}>
        <legend>What shall hold from now on?</legend>
        <div className="answers">
          {decisions.map(({ id, key }) => (
            <label key={id} className="answer">
              <input
                type="radio"
                name={name}
                checked={item.action === id}
                onChange={() => {
                  onDecide(id);
                }}
              />
              {preferences.hasSingleKeys ? <KeyCap>{key}</KeyCap> : null}
              {id.charAt(0) + id.slice(1).toLowerCase()}
              {id === verdict.action ? ' (uphold)' : ''}
            </label>
          ))}
        </div>
        <p
          id={`${name}-hint`}
          className={lacksDecision ? 'field-error' : 'hint'}
          role={lacksDecision ? 'alert' : undefined}
        >
          {lacksDecision
            ? 'Decide first: uphold it, or say what shall hold instead.'
            : 'It holds across later re-scores.'}
        </p>
      </fieldset>
    </section>
  );
}
